# SPDX-License-Identifier: Apache-2.0
"""The tree hangs together: readers, links, sizes, one version, and requirements that are pinned."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

FILE_BYTES_MAX = 500_000
REMEMBERED = "proofs/thecal_proofs/scripts.json"  # found by hours of searching, and asked again in minutes
REMEMBERED_BYTES_MAX = 1_000_000
TOP_FOLDERS = ("kernel", "specs", "proofs", "adapters")
LOCKS = ("requirements/prove.txt", "requirements/dev.txt")


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text())


def read_pins(lock: str) -> dict[str, str]:
    """Name to version of every requirement; fails at a line that is not a hashed pin."""
    pins = {}
    for line in lock.replace("\\\n", " ").splitlines():
        pin = re.fullmatch(r"([\w.-]+)==(\S+)( ; [^#]+?)?((?: +--hash=sha256:[0-9a-f]{64})+)", line)
        assert pin, f"Not a pinned and hashed requirement; run `make lock`: {line[:80]}"
        pins[pin[1]] = pin[2]
    return pins


def find_anchors(markdown: str) -> set[str]:
    """The anchors of all headings, formed as code hosts form them."""
    headings = re.findall(r"^#+ +(.+?) *$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def find_links(markdown: str) -> Iterator[str]:
    """Targets of links that stay in the repository; code is not searched."""
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", markdown, flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if not re.match(r"[a-z]+:", target):
            yield target


def is_broken(root: Path, page: str, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (root / page).parent / path if path else root / page
    if not target.exists():
        return True
    return bool(anchor) and target.suffix == ".md" and anchor not in find_anchors(target.read_text())


def test_each_top_folder_and_the_root_greet_their_reader(root: Path) -> None:
    expected = [root / "README.md", *(root / folder / "README.md" for folder in TOP_FOLDERS)]
    missing = [str(page.relative_to(root)) for page in expected if not page.is_file()]
    assert not missing, f"Each top folder answers one reader's question: write {missing}"


def test_links_between_pages_resolve(root: Path, texts: Mapping[str, str]) -> None:
    pages = {name: text for name, text in texts.items() if name.endswith(".md")}
    broken = [
        f"{page}: {link}" for page, text in pages.items() for link in find_links(text) if is_broken(root, page, link)
    ]
    assert not broken, "Mend the link or the heading that it names:\n" + "\n".join(broken)


def test_a_broken_link_is_seen(root: Path) -> None:
    assert list(find_links("[a](b.md) `[c](d)` [e](mailto:f@g)")) == ["b.md"]
    assert is_broken(root, "LICENSE", "no-such-file.md")
    assert find_anchors("# What it *is*, and why\n") == {"what-it-is-and-why"}


def test_files_are_small(files: Mapping[str, bytes]) -> None:
    limits = dict.fromkeys(files, FILE_BYTES_MAX) | {REMEMBERED: REMEMBERED_BYTES_MAX}
    large = {name: len(data) for name, data in files.items() if len(data) > limits[name]}
    assert not large, f"Generate it, or keep it out of the repository: {large}"


def test_the_kernel_states_the_version_of_the_project(root: Path, project: dict[str, Any]) -> None:
    module = ast.parse((root / "kernel/thecal/__init__.py").read_text())
    stated = [
        ast.literal_eval(node.value)
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__"
    ]
    assert stated == [project["project"]["version"]], "pyproject.toml and __version__ differ"


def test_the_changelog_speaks_of_the_version(root: Path, project: dict[str, Any]) -> None:
    version = re.escape(project["project"]["version"])
    assert re.search(rf"^## \[{version}\]", (root / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_every_package_is_typed(root: Path, project: dict[str, Any]) -> None:
    packages = project["tool"]["importlinter"]["root_packages"]
    found = {path.parent.name for folder in TOP_FOLDERS for path in root.glob(f"{folder}/*/py.typed")}
    assert found == set(packages), "An empty py.typed tells type checkers that a package has types"


def test_every_data_file_is_shipped(files: Mapping[str, bytes], project: dict[str, Any]) -> None:
    shipped = project["tool"]["setuptools"]["package-data"]["*"]
    suffixes = {".py", ".typed", *(PurePosixPath(pattern).suffix for pattern in shipped)}
    inside = [name for name in files if re.match(r"(kernel|specs|proofs|adapters)/thecal\w*/", name)]
    lost = [name for name in inside if PurePosixPath(name).suffix not in suffixes]
    assert not lost, f"A wheel would lose them: add their kind to package-data: {lost}"


def test_requirements_are_pinned_and_hashed(root: Path, project: dict[str, Any]) -> None:
    small, large = (read_pins((root / lock).read_text()) for lock in LOCKS)
    assert small.items() <= large.items(), "Two locks, two versions: run `make lock`"
    named = project["project"]["optional-dependencies"]
    assert {requirement.lower() for requirement in named["proofs"]} <= {
        f"{name}=={version}" for name, version in small.items()
    }
    for requirement in [*named["cli"], *named["test"], *named["dev"]]:
        name = re.split(r"[\[;=]", requirement)[0]
        assert name == "thecal" or name in large, f"{name} is not pinned: run `make lock`"


def test_a_requirement_without_a_hash_is_seen() -> None:
    with pytest.raises(AssertionError, match="make lock"):
        read_pins("rich==15.0.0\n")
