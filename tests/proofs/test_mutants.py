# SPDX-License-Identifier: Apache-2.0
"""What is changed is what the operators say, each change has a name that lasts, and what is broken is noticed."""

import ast
from pathlib import Path

import pytest

import thecal
import thecal_specs
from thecal_proofs.decision import Limits
from thecal_proofs.frontend import Sources
from thecal_proofs.mutation.campaign import Campaign, Judged, Store, render, summarize
from thecal_proofs.mutation.equality import find_equality
from thecal_proofs.mutation.equivalents import EQUIVALENTS
from thecal_proofs.mutation.judge import Judge, Reference
from thecal_proofs.mutation.kill import Kill, Kind
from thecal_proofs.mutation.lister import SKIPPED_MODULES, list_mutants, read_modules
from thecal_proofs.mutation.mutant import Mutant
from thecal_proofs.mutation.reading import find_refusal
from thecal_proofs.mutation.workshop import Workshop

KERNEL = Path(thecal.__file__).parent
SPECS = Path(thecal_specs.__file__).parent
TEXTS = read_modules(KERNEL)
MUTANTS = list_mutants(TEXTS)

HEAD = '''"""A room."""

from enum import IntEnum

LIMIT = 3


class Response(IntEnum):
    """Answers."""

    NOTHING_AGAINST_IT = 0
    REFUSED_LATE = 1
    REFUSED_EARLY = 2


def with_more(state: int, by: int) -> int:
    """Another one."""
    return state


'''


def list_changes(body: str, returns: str = "int") -> list[tuple[str, str, str]]:
    """The changes of one function: operator, text before and after."""
    text = f"{HEAD}def sample(x: int, y: int, state: int) -> {returns}:\n    {body}\n"
    found = [mutant for mutant in list_mutants({"room": text}) if mutant.function == "sample"]
    for mutant in found:
        ast.parse(mutant.apply(text))
    return [(mutant.operator, mutant.before, mutant.after) for mutant in found]


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ("return x < y", [("relation", "x < y", "(x <= y)")]),
        ("return x <= y", [("relation", "x <= y", "(x < y)")]),
        ("return x > y", [("relation", "x > y", "(x >= y)")]),
        ("return x >= 1", [("relation", "x >= 1", "(x > 1)")]),
        ("return x == y", [("relation", "x == y", "(x != y)")]),
        ("return 0 <= x < y", [("relation", "0 <= x < y", "(0 < x < y)"), ("relation", "0 <= x < y", "(0 <= x <= y)")]),
        ("return x + y", [("arithmetic", "x + y", "(x - y)")]),
        ("return x // y", [("arithmetic", "x // y", "(x * y)")]),
        ("return -x", [("arithmetic", "-x", "x")]),
        ("return (x,) + (y,)", []),
        ("return f(7)", [("constant", "7", "8"), ("constant", "7", "6")]),
        ("return f(True)", [("constant", "True", "False")]),
        ("return f(LIMIT)", [("bound", "LIMIT", "(LIMIT + 1)"), ("bound", "LIMIT", "(LIMIT - 1)")]),
        (
            "return x and y",
            [("logic", "x and y", "(x or y)"), ("operand", "x and y", "y"), ("operand", "x and y", "x")],
        ),
        ("return not x", [("negation", "not x", "x")]),
        ("return min(x, y)", [("extreme", "min", "max")]),
        ("return all(x for x in y)", [("extreme", "all", "any")]),
        ("return x if y else state", [("condition", "y", "True"), ("condition", "y", "False")]),
        ("return f(x for x in y if state)", [("condition", "state", "True"), ("condition", "state", "False")]),
        (
            "return replace(x, a=y, b=x)",
            [
                ("update", "replace(x, a=y, b=x)", "replace(x, b=x)"),
                ("update", "replace(x, a=y, b=x)", "replace(x, a=y)"),
            ],
        ),
        ("return replace(x, a=y)", [("update", "replace(x, a=y)", "x")]),
        ("return with_more(state, y)", [("call", "with_more(state, y)", "state")]),
        (
            "return Response.REFUSED_EARLY",
            [
                ("member", "Response.REFUSED_EARLY", "Response.NOTHING_AGAINST_IT"),
                ("refusal", "Response.REFUSED_EARLY", "Response.NOTHING_AGAINST_IT"),
            ],
        ),
        ("return Response.NOTHING_AGAINST_IT", [("member", "Response.NOTHING_AGAINST_IT", "Response.REFUSED_LATE")]),
        ("x = with_other(x)\n    return x", [("statement", "x = with_other(x)", "pass")]),
        ("z: int = x\n    return z", []),
    ],
)
def test_each_operator_changes_what_it_says(body: str, changes: list[tuple[str, str, str]]) -> None:
    assert list_changes(body) == changes


def test_a_condition_is_taken_for_true_and_for_false_but_for_the_class_of_an_event() -> None:
    assert list_changes("if x < y:\n        return x\n    return y") == [
        ("condition", "x < y", "True"),
        ("condition", "x < y", "False"),
        ("relation", "x < y", "(x <= y)"),
    ]
    assert list_changes("if isinstance(x, Event):\n        return x\n    return y") == []


def test_a_text_with_long_characters_is_changed_at_its_place() -> None:
    text = f'{HEAD}def sample(x: int) -> int:\n    return f("é€", x + 1)\n'
    (mutant,) = (each for each in list_mutants({"room": text}) if each.operator == "arithmetic")
    assert 'f("é€", (x - 1))' in mutant.apply(text)


def test_declarations_have_no_mutants() -> None:
    assert {mutant.function for mutant in list_mutants({"room": HEAD})} == {""}
    assert list_mutants({"units": HEAD}) == []
    assert not {mutant.module for mutant in MUTANTS} & set(SKIPPED_MODULES)


def test_ids_last_when_other_lines_come_and_go() -> None:
    text = TEXTS["ledger"]
    moved = {**TEXTS, "ledger": text.replace("\n\n\ndef ", "\n\n\n# A line more.\ndef ")}
    before = {mutant.id: mutant.before for mutant in list_mutants(TEXTS, ["ledger"])}
    after = {mutant.id: mutant.before for mutant in list_mutants(moved, ["ledger"])}
    assert before == after
    assert len(before) > 50


def test_every_mutant_has_an_id_of_its_own_and_is_another_text() -> None:
    assert len({mutant.id for mutant in MUTANTS}) == len(MUTANTS)
    for mutant in MUTANTS:
        changed = mutant.apply(TEXTS[mutant.module])
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(TEXTS[mutant.module])), mutant


def test_the_lister_gives_the_same_each_time() -> None:
    assert list_mutants(TEXTS) == MUTANTS
    modules = list(dict.fromkeys(mutant.module for mutant in MUTANTS))
    assert modules == sorted(modules)


def find_mutant(module: str, function: str, after: str) -> Mutant:
    found = [each for each in MUTANTS if (each.module, each.function, each.after) == (module, function, after)]
    assert len(found) == 1, [(mutant.id, mutant.before) for mutant in found]
    return found[0]


def test_a_guard_knows_the_properties_at_the_lines_that_it_decides_on() -> None:
    lockout = [each for each in MUTANTS if each.before == "is_locked_out(state.lockout, state.tick)"]
    assert [each.after for each in lockout] == ["True", "False"]
    assert all(each.marks == ("OVR-03",) and each.is_guard for each in lockout)
    (kept,) = (each for each in MUTANTS if each.function == "with_phase_known" and each.after == "False")
    assert not kept.is_guard


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("workshop"), KERNEL, SPECS)


def find_kill(workshop: Workshop, mutant: Mutant | None, *traces: str) -> Kill | None:
    with workshop.changed(mutant) as loaded:
        return Judge(loaded, Limits()).find_refuted(traces or None)


def test_the_kernel_as_it_stands_is_killed_by_nothing(workshop: Workshop) -> None:
    with workshop.changed(None) as loaded:
        judge = Judge(loaded, Limits())
        assert judge.find(None) is None
        reference = judge.measure()
        again = Judge(loaded, Limits(), reference)
        assert again.find(None) is None
        assert again.steps == [], "what goes as it should is not asked again"


@pytest.mark.parametrize(
    ("module", "function", "after", "by"),
    [
        ("ledger", "is_locked_out", "(tick - lockout.end_tick <= lockout.lockout_s)", "UND-03"),
        ("admission", "find_fluid_refusal", "(state.path.old.lo[0] <= 0)", "CON-06"),
        ("admission", "find_fluid_refusal", "(state.reservoir.fluid.lo[0] <= 0)", "PRG-11"),
        ("units", "compute_largest_slot", "min", "RES-04"),
        ("schedule", "is_any_slot_above", "(slot >= most_fg)", "PRG-11"),
        ("schedule", "is_any_slot_below", "(slot <= least_fg)", "PRG-11"),
        ("path", "is_fitting", "(reservoir.volume_lo_nl - volume_nl > residual_nl)", "UND-03"),
        ("ledger", "compute_patient_count", "(DAY_S - 1)", "OVR-04"),
    ],
)
def test_a_broken_guard_is_noticed_by_a_property(
    workshop: Workshop, module: str, function: str, after: str, by: str
) -> None:
    kill = find_kill(workshop, find_mutant(module, function, after))
    assert kill is not None
    assert (kill.kind, kill.by) == ("property", by)
    assert kill.step > 0


@pytest.fixture(scope="module")
def met(workshop: Workshop) -> Reference:
    """What the traces meet, on the kernel as it stands."""
    with workshop.changed(None) as loaded:
        return Reference({}, {}, Judge(loaded, Limits()).measure().met)


@pytest.mark.parametrize(
    ("module", "function", "after", "kind", "by", "claim"),
    [
        ("quiet", "compute_ahead_s", "(then - now + 1)", "property", "TOT-05", "seconds_named_quiet_are_quiet"),
        ("quiet", "compute_ahead_s", "(now <= then)", "property", "TOT-05", "as_many_seconds_as_are_quiet_are_named"),
        (
            "capsule",
            "make_unprogrammed",
            "(capsule.reservoir.volume_lo_nl + config.pump.pulse_volume_nl)",
            "property",
            "FLT-01",
            "what_replaces_a_corrupt_state_is_locked_and_alarms",
        ),
        ("capsule", "compute_masses_added", "pass", "check", "a check", "a_changed_capsule_is_not_sealed"),
        ("units", "compute_fg_per_s_up", "(fg_per_s <= QUOTIENT_END)", "contract", "TOT-03", "rate_brings_its_mass"),
    ],
)
def test_what_no_step_shows_is_noticed_by_a_claim_beside_the_step(
    workshop: Workshop, met: Reference, module: str, function: str, after: str, kind: Kind, by: str, claim: str
) -> None:
    with workshop.changed(find_mutant(module, function, after)) as loaded:
        kill = Judge(loaded, Limits(), met).beside.find(None, kind)
    assert kill is not None
    assert (kill.kind, kill.by, kill.claim) == (kind, by, claim)


def test_beside_the_step_the_kernel_as_it_stands_is_refuted_by_nothing_that_it_is_asked(
    workshop: Workshop, met: Reference
) -> None:
    with workshop.changed(None) as loaded:
        questions = Judge(loaded, Limits(), met).beside.questions
        assert [kill for question in questions if (kill := question.find_refuted())] == []
        unasked = [question.name for question in questions if not any(True for _ in question.list_cases())]
        assert unasked == [], "each claim is asked of something"


def test_a_question_of_which_a_trace_sees_nothing_is_left_out(workshop: Workshop, met: Reference) -> None:
    with workshop.changed(find_mutant("quiet", "compute_ahead_s", "(now <= then)")) as loaded:
        beside = Judge(loaded, Limits(), met).beside
        assert beside.find(["of a seal"], "check") is None
        assert beside.find(["of a quiet second"], "property") is None
        assert beside.find(["of quiet seconds"], "property") is not None


def test_a_kernel_that_raises_is_refuted_by_totality(workshop: Workshop) -> None:
    mutant = find_mutant("schedule", "compute_slot_index", "(tick % DAY_S * SLOT_S)")
    kill = find_kill(workshop, mutant)
    assert kill is not None
    assert (kill.by, kill.claim) == ("TOT-01", "raises IndexError")


def test_a_campaign_goes_on_where_it_was_left(tmp_path: Path) -> None:
    told: list[int] = []
    campaign = Campaign(KERNEL, SPECS, tmp_path)
    judged = campaign.run(["step"], 1, lambda _, done, total: told.append(done))
    assert told == [1, 2]
    assert campaign.run(["step"], 1, lambda _, done, total: told.append(done)) == judged
    assert told == [1, 2], "nothing is judged twice"
    summary = summarize(judged)
    assert (
        summary["mutants"]
        == sum(summary[verdict] for verdict in ("killed", "equivalent", "survived", "undecided"))
        == 2
    )
    told_as = render(campaign, judged)
    assert told_as["summary"] == summary
    assert [row["id"] for row in told_as["mutants"]] == [each.mutant.id for each in judged]


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    store = Store(tmp_path, "key")
    kill = Kill("property", "OVR-03", "sentence", "lockout", 44, "BolusAsked")
    store.add(Judged(MUTANTS[0], kill))
    store.add(Judged(MUTANTS[1], None, "whatever it calls"))
    found = {MUTANTS[0].id: (kill, ""), MUTANTS[1].id: (None, "whatever it calls")}
    assert Store(tmp_path, "key").read() == found
    assert Store(tmp_path, "other").read() == {}


def test_what_is_called_equivalent_is_a_mutant_and_has_a_reason() -> None:
    assert set(EQUIVALENTS) <= {mutant.id for mutant in MUTANTS}
    assert all(reason.strip().endswith(".") for reason in EQUIVALENTS.values())


SOURCES = Sources.of_folders(KERNEL, SPECS)


@pytest.mark.parametrize(
    ("module", "function", "after", "extent"),
    [
        ("limits", "is_admissible_drug", "is_within(drug.day_fg_max, 0, MASS_FG_MAX)", "for all arguments"),
        ("limits", "is_admissible_drug", "is_within(drug.stability_s, 0, YEAR_S)", ""),
    ],
    ids=["the same", "another"],
)
def test_the_solver_says_whether_a_changed_function_is_the_same(
    module: str, function: str, after: str, extent: str
) -> None:
    argument = after.replace(", 0, ", ", 1, ")
    line = next(n for n, text in enumerate(TEXTS[module].splitlines(), 1) if argument in text)
    mutant = next(m for m in MUTANTS if (m.module, m.function, m.line, m.after) == (module, function, line, "0"))
    assert find_equality(SOURCES, mutant) == extent


def test_what_can_no_more_be_read_is_noticed_by_totality() -> None:
    longer = next(m for m in MUTANTS if (m.function, m.before, m.after) == ("compute_rotated", "40", "41"))
    kill = find_refusal(SOURCES, longer)
    assert kill is not None
    assert (kill.kind, kill.by) == ("property", "TOT-01")
    assert "tuple of 48" in kill.claim
    assert find_refusal(SOURCES, find_mutant("ledger", "compute_patient_count", "(DAY_S - 1)")) is None
