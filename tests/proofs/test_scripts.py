# SPDX-License-Identifier: Apache-2.0
"""A script saves questions and proves nothing: what it names is asked, and what it does not cover is searched for."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from thecal_proofs import decide as deciding
from thecal_proofs import terms
from thecal_proofs.decide import decide
from thecal_proofs.decision import Decision, Limits
from thecal_proofs.encode import Contracts
from thecal_proofs.hints import NO_HINT
from thecal_proofs.premises import Hypothesis, Premises
from thecal_proofs.scripts import AT_ONCE, Script, Step, name_of, read_scripts, write_scripts
from thecal_proofs.terms import Term

LEARNING = Limits(is_learning=True)
X, Y, Z = (terms.var(name) for name in "xyz")
WIDE = terms.flag("wide")
MORE = [terms.le(terms.const(-i), terms.var(f"other {i}")) for i in range(400)]  # too many to be asked at once


def make_premises(*facts: Term) -> Premises:
    return Premises([Hypothesis(f"fact {i}", fact, False) for i, fact in enumerate((*facts, *MORE))], Contracts())


def learn(premises: Premises, goal: Term) -> Decision:
    found = decide(premises, goal, NO_HINT, LEARNING)
    assert found.status == "unsat", "the goal follows"
    assert found.learnt, "and how to ask for it was learnt"
    return found


CHAIN = (terms.le(X, Y), terms.le(Y, Z))
CASES = (terms.implies(WIDE, terms.le(X, Z)), terms.implies(terms.negate(WIDE), terms.lt(X, Z)))


@pytest.mark.parametrize("facts", [CHAIN, CASES])
def test_a_script_asks_what_suffices_and_nothing_else(facts: Sequence[Term]) -> None:
    premises, goal = make_premises(*facts), terms.le(X, Z)
    script = learn(premises, goal).learnt
    again = decide(premises, goal, NO_HINT, Limits(), script)
    assert again.status == "unsat"
    assert again.queries == 1, "one question"
    assert again.used == {"fact 0", "fact 1"}, "which names what the proof rests on"


def test_what_a_script_says_is_not_believed() -> None:
    premises, goal = make_premises(*CHAIN), terms.le(X, Z)
    script = learn(premises, goal).learnt
    wrong = terms.le(Z, X)
    forged: Script = {**script, **{key: script[name] for name in script for key in _keys_of(premises, wrong)}}
    found = decide(premises, wrong, NO_HINT, Limits(), forged)
    assert found.status == "sat", "the claim is false, whatever a script says of it"


def _keys_of(premises: Premises, goal: Term) -> list[str]:
    """The names under which a goal's own questions would stand in a script."""

    class Spy(dict[str, Step]):
        asked: list[str]

        def get(self, key: str, default: object = None) -> None:  # type: ignore[override]
            self.asked.append(key)

    spy = Spy({"nothing": Step(False, ())})
    spy.asked = []
    decide(premises, goal, NO_HINT, Limits(), spy)
    return spy.asked


def test_a_script_that_does_not_serve_any_more_costs_a_search() -> None:
    goal = terms.le(X, Z)
    script = learn(make_premises(*CHAIN), goal).learnt
    found = decide(make_premises(*CASES), goal, NO_HINT, Limits(), script)
    assert found.status == "unsat", "what it named is gone, and other facts suffice"
    assert found.used == {"fact 0", "fact 1"}
    missing = decide(make_premises(CHAIN[0]), goal, NO_HINT, Limits(), script)
    assert missing.status == "sat", "without the second fact nothing follows"


def test_a_name_depends_on_what_a_term_says_alone() -> None:
    assert name_of(terms.le(X, Y)) == name_of(terms.le(terms.var("x"), terms.var("y")))
    others = [terms.le(Y, X), terms.lt(X, Y), terms.le(X, Z), terms.le(X, terms.const(1)), terms.flag("x"), X]
    assert len({name_of(term) for term in others}) == len(others)
    assert name_of(terms.le(X, Y)) == "6CbKV", "the same in every run, on every machine"


def test_scripts_are_read_as_they_were_written(tmp_path: Path) -> None:
    scripts = {"B/any": {"whole k": Step(True, ("a", "b")), "uses": Step(False, ())}, "A/any": {}}
    file = tmp_path / "scripts.json"
    write_scripts(scripts, file)
    assert read_scripts(file) == scripts
    first = file.read_bytes()
    write_scripts(dict(reversed(scripts.items())), file)
    assert file.read_bytes() == first, "in one order"
    assert read_scripts(tmp_path / "none.json") == {}


def make_ways() -> tuple[Premises, Term]:
    """A goal that is searched for along many paths, and follows at once from all its facts."""
    flags = [terms.flag(f"way {i}") for i in range(6)]
    steps = [terms.var(f"step {i}") for i in range(7)]
    facts = [
        terms.le(steps[i], terms.ite(flag, steps[i + 1], terms.add(steps[i + 1], terms.const(-1))))
        for i, flag in enumerate(flags)
    ]
    return make_premises(*facts), terms.le(steps[0], terms.ite(flags[0], steps[6], terms.add(steps[6], terms.ONE)))


def test_a_goal_that_follows_at_once_is_asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "WORTHLESS", 0)
    premises, goal = make_ways()
    searched = decide(premises, goal)
    script = deciding._learn(premises, goal, NO_HINT, LEARNING, searched, {})
    assert [key.startswith(AT_ONCE) for key in script] == [True], "one question, and it is the goal"
    again = decide(premises, goal, NO_HINT, Limits(), script)
    assert (again.status, again.walks) == ("unsat", 0), "no path is followed"
    assert again.used == {f"fact {i}" for i in range(6)}
    wrong = terms.lt(terms.var("step 6"), terms.var("step 0"))
    (step,) = script.values()
    forged = {f"{AT_ONCE} {name_of(wrong)}": step}
    assert decide(premises, wrong, NO_HINT, Limits(), forged).status == "sat", "a forged question proves nothing"
