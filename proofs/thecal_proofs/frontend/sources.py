# SPDX-License-Identifier: Apache-2.0
"""The source text to be read: one package folder each for kernel and specification, never imported here."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One module's text; `shown` is the path that messages print."""

    module: str
    shown: str
    text: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Every module by name, and the package folders that they came from."""

    files: Mapping[str, SourceFile]
    folders: tuple[Path, ...]

    @staticmethod
    def of_folders(*folders: Path) -> "Sources":
        """Read package folders, each named as its package (`.../thecal`, `.../thecal_specs`)."""
        files: dict[str, SourceFile] = {}
        for folder in folders:
            for path in sorted(folder.rglob("*.py")):
                parts = (folder.name, *path.relative_to(folder).with_suffix("").parts)
                module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                shown = (Path(folder.parent.name) / path.relative_to(folder.parent)).as_posix()
                files[module] = SourceFile(module, shown, path.read_text(encoding="utf-8"))
        return Sources(files, tuple(folder.resolve() for folder in folders))

    @staticmethod
    def of_texts(texts: Mapping[str, str]) -> "Sources":
        """Read modules from memory; used by tests of single constructs."""
        shown = {name: name.replace(".", "/") + ".py" for name in texts}
        return Sources({name: SourceFile(name, shown[name], text) for name, text in texts.items()}, ())

    def modules_of(self, package: str) -> tuple[str, ...]:
        """Name the modules of one package, sorted."""
        return tuple(sorted(m for m in self.files if m == package or m.startswith(package + ".")))

    def compute_sha256(self, package: str) -> str:
        """Hash the names and bytes of all modules of one package: what a report vouches for."""
        digest = hashlib.sha256()
        for module in self.modules_of(package):
            content = self.files[module].text.encode()
            digest.update(f"{module} {len(content)}\n".encode())
            digest.update(content)
        return digest.hexdigest()
