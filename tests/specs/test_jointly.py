# SPDX-License-Identifier: Apache-2.0
"""All limits of four drugs can bind at once, and each of them does: one unit less of any and something is refused."""

from dataclasses import replace
from typing import Any

import pytest

from thecal.events import Event
from thecal.limits import Config, DrugLimits, is_admissible_config
from thecal.outcome import Response
from thecal.prescription import Prescription
from thecal_specs.witnesses import WITNESSES
from thecal_specs.witnesses.jointly import BOUND, BOUND_PROGRAM, JOINTLY
from thecal_specs.witnesses.pump import program
from thecal_specs.witnesses.run import run
from thecal_specs.witnesses.trace import Happening, Seconds, Trace
from thecal_specs.witnesses.windows import FOUR_FILLED

(TRACE,) = JOINTLY
FILLED, DECLARED, *_ = TRACE.happenings
ASKED: tuple[Happening, ...] = TRACE.happenings[4:6]  # a second, and a bolus
ADMITTED = [Response.PRESCRIPTION_STAGED, Response.PRESCRIPTION_CONFIRMED]


def list_answers(config: Config, prescription: Prescription, filled: Happening = FILLED) -> list[Response]:
    """What staging, confirming and asking for a bolus is answered."""
    orders: tuple[Event, ...] = program(prescription)
    trace = Trace("a", "A.", config, (filled, DECLARED, *orders, *ASKED))
    answers = [taken.outcome.response for taken in run(trace)]
    return [*answers[2:4], answers[-1]]


def with_less(drug: int, limit: str) -> tuple[Config, Prescription]:
    """The same therapy where one limit of one drug is less by one; its caps are still the hard limits."""
    lesser: DrugLimits = replace(BOUND.library[drug], **{limit: getattr(BOUND.library[drug], limit) - 1})
    lesser = replace(
        lesser, concentration_fg_per_nl_soft=lesser.concentration_fg_per_nl_max, day_fg_soft=lesser.day_fg_max
    )
    library = (*BOUND.library[:drug], lesser, *BOUND.library[drug + 1 :])
    days, hours = (tuple(getattr(each, f"{span}_fg_max") for each in library) for span in ("day", "hour"))
    config = replace(BOUND, library=library)
    assert is_admissible_config(config)
    return config, replace(BOUND_PROGRAM, cap_day_fg=days, cap_hour_fg=hours)


def test_four_drugs_at_all_their_limits_are_admitted_and_a_bolus_is_granted() -> None:
    assert TRACE in WITNESSES
    assert is_admissible_config(BOUND)
    assert all(drug.is_listed for drug in BOUND.library)
    assert list_answers(BOUND, BOUND_PROGRAM) == [*ADMITTED, Response.BOLUS_GRANTED]


def test_each_limit_of_each_drug_is_met_to_the_unit() -> None:
    *_, asked = run(replace(TRACE, happenings=TRACE.happenings[:6]))
    basal, bolus = asked.before.basal.envelope, asked.outcome.state.bolus
    caps = BOUND_PROGRAM
    for place, drug in enumerate(BOUND.library):
        assert asked.before.reservoir.fluid.hi[place] == drug.concentration_fg_per_nl_max
        assert bolus.reserved_fg[place] == drug.bolus_fg_max
        assert basal.day_fg[place] + bolus.reserved_fg[place] == caps.cap_day_fg[place] == drug.day_fg_max
        assert basal.hour_fg[place] + bolus.reserved_fg[place] == caps.cap_hour_fg[place] == drug.hour_fg_max


@pytest.mark.parametrize("drug", range(4))
@pytest.mark.parametrize(
    ("limit", "refusal"),
    [
        ("concentration_fg_per_nl_max", Response.REFUSED_FLUID_NOT_ALLOWED),
        ("day_fg_max", Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_A_DAY),
        ("hour_fg_max", Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_AN_HOUR),
        ("bolus_fg_max", Response.REFUSED_BOLUS_ABOVE_THE_LARGEST_SINGLE_BOLUS),
    ],
)
def test_one_unit_less_of_any_limit_is_refused_for_that_limit(drug: int, limit: str, refusal: Response) -> None:
    is_of_the_order = (limit, drug) == ("bolus_fg_max", 0)  # what a bolus asks of the first drug stands in the order
    answers = list_answers(*with_less(drug, limit))
    assert (Response.REFUSED_BOLUS_ABOVE_ITS_LIMIT if is_of_the_order else refusal) in answers
    assert Response.BOLUS_GRANTED not in answers


@pytest.mark.parametrize("drug", range(4))
@pytest.mark.parametrize("cap", ["cap_day_fg", "cap_hour_fg"])
def test_a_cap_one_unit_above_a_hard_limit_is_refused(drug: int, cap: str) -> None:
    caps = list(getattr(BOUND_PROGRAM, cap))
    caps[drug] += 1
    above: dict[str, Any] = {cap: tuple(caps)}
    answers = list_answers(BOUND, replace(BOUND_PROGRAM, **above))
    assert answers[0] == Response.REFUSED_CAP_ABOVE_A_HARD_LIMIT


@pytest.mark.parametrize("drug", range(4))
def test_a_fluid_one_unit_stronger_in_any_drug_is_refused(drug: int) -> None:
    assert FOUR_FILLED == FILLED
    strengths = list(FOUR_FILLED.concentrations_fg_per_nl)
    strengths[drug] += 1
    stronger = replace(FOUR_FILLED, concentrations_fg_per_nl=tuple(strengths))
    assert list_answers(BOUND, BOUND_PROGRAM, stronger)[0] == Response.REFUSED_FLUID_NOT_ALLOWED


def test_a_bolus_and_a_basal_one_unit_larger_are_refused() -> None:
    assert (
        list_answers(BOUND, replace(BOUND_PROGRAM, bolus_fg=BOUND_PROGRAM.bolus_fg + 1))[0]
        == Response.REFUSED_BOLUS_ABOVE_ITS_LIMIT
    )
    more = replace(BOUND_PROGRAM, slots_fg=(BOUND_PROGRAM.slots_fg[0] + 1, *BOUND_PROGRAM.slots_fg[1:]))
    assert list_answers(BOUND, more)[2] in (
        Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_A_DAY,
        Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_AN_HOUR,
    )


def test_what_is_bound_is_also_given() -> None:
    steps = list(run(replace(TRACE, happenings=(*TRACE.happenings, Seconds(4)))))
    assert sum(taken.outcome.pulse.is_ordered for taken in steps) > 10
