# SPDX-License-Identifier: Apache-2.0
"""Programs with a known verdict, in a folder named by it: each must get that verdict and no other."""

from pathlib import Path

import pytest

from thecal_proofs.claims import Judgement, judge
from thecal_proofs.decision import Limits
from thecal_proofs.frontend import Program, Sources
from thecal_proofs.loading import Loaded

FIXTURES = Path(__file__).parent / "fixtures"
SMALL_BUDGET = 100_000


def list_programs(folder: str) -> list[Path]:
    return sorted((FIXTURES / folder).glob("*.py"))


def judge_file(path: Path, budget: int) -> Judgement:
    sources = Sources.of_folders(path.parent)
    return judge(Program(sources), Loaded(sources.folders), f"{path.parent.name}.{path.stem}", Limits(budget))


@pytest.mark.parametrize("path", list_programs("accepts"), ids=lambda path: path.stem)
def test_accepted_programs_are_proved(path: Path) -> None:
    assert judge_file(path, 2_000_000) == Judgement("proved")


@pytest.mark.parametrize("path", list_programs("rejects"), ids=lambda path: path.stem)
def test_rejected_programs_are_refused_with_place_reason_and_remedy(path: Path) -> None:
    expected = path.read_text(encoding="utf-8").splitlines()[1].removeprefix("# refused: ")
    found = judge_file(path, SMALL_BUDGET)
    assert found.verdict == "unsupported"
    assert expected in found.detail
    place, _, message = found.detail.splitlines()[0].partition(": ")
    file, line, column = place.split(":")
    assert file.endswith(path.name)
    assert int(line) >= 1
    assert int(column) >= 1
    assert message.count(". ") >= 2
    assert message.endswith(".")


@pytest.mark.parametrize("path", list_programs("refutes"), ids=lambda path: path.stem)
def test_false_claims_are_refuted(path: Path) -> None:
    found = judge_file(path, 2_000_000)
    assert found.verdict == "refuted", found.detail


@pytest.mark.parametrize("path", list_programs("vacuous"), ids=lambda path: path.stem)
def test_claims_about_nothing_are_vacuous(path: Path) -> None:
    assert judge_file(path, SMALL_BUDGET).verdict == "vacuous"


@pytest.mark.parametrize("path", list_programs("unknown"), ids=lambda path: path.stem)
def test_a_spent_budget_is_said_to_be_unknown(path: Path) -> None:
    assert judge_file(path, SMALL_BUDGET).verdict == "unknown"
