# SPDX-License-Identifier: Apache-2.0
"""An order put to the kernel itself, on a copy of a state: what it answers to each event, and where that would lead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thecal.events import Event, PathDeclared, PrescriptionConfirmed, PrescriptionStaged, RefillDone, RefillProposed
from thecal.limits import Config
from thecal.outcome import Response
from thecal.state import State
from thecal.step import step
from thecal_adapters.prescriptions import Filling, Order

# Which property of the catalogue a refusal keeps, for a reader who wants to know why there is such a rule.
RULES = {
    Response.REFUSED_CAP_ABOVE_A_HARD_LIMIT: "PRG-04",
    Response.REFUSED_SLOT_TOO_SMALL_TO_DELIVER: "PRG-06",
    Response.REFUSED_SLOT_TOO_LARGE_TO_DELIVER: "PRG-06",
    Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER: "PRG-06",
    Response.REFUSED_BASAL_ABOVE_ITS_OWN_CAP: "UND-02",
    Response.REFUSED_FLUID_NOT_ALLOWED: "CON-01",
    Response.REFUSED_FLUID_WITHOUT_THE_FIRST_DRUG: "CON-06",
    Response.REFUSED_BASAL_RAISED_TOO_SOON_AFTER_BOLUSES: "UND-02",
    Response.REFUSED_BOLUS_ABOVE_ITS_LIMIT: "PRG-07",
    Response.REFUSED_BOLUS_OF_A_DRUG_THAT_PATIENTS_MAY_NOT_ASK_FOR: "PRG-07",
    Response.REFUSED_DAY_ABOVE_A_SOFT_LIMIT: "PRG-04",
    Response.REFUSED_CONCENTRATION_ABOVE_A_SOFT_LIMIT: "PRG-04",
    Response.REFUSED_INCREASE_BEYOND_THE_ALLOWANCE: "PRG-05",
    Response.REFUSED_DECREASE_BEYOND_THE_ALLOWANCE: "PRG-05",
    Response.REFUSED_DOSE_IS_NOT_PLAUSIBLE: "PRG-10",
    Response.REFUSED_INCREASE_WHILE_THE_RESERVOIR_IS_IN_DOUBT: "RES-05",
    Response.REFUSED_INCREASE_WHILE_HISTORY_IS_UNKNOWN: "TIM-02",
    Response.REFILL_BOOKED_AND_DELIVERY_STOPPED: "PRG-08",
    Response.PATH_BOOKED_AND_DELIVERY_STOPPED: "PRG-08",
    Response.REFUSED_REFILL_UNLESS_RINSED: "CON-07",
    Response.REFUSED_SHORTFALL_BEYOND_TOLERANCE: "CON-03",
}


@dataclass(frozen=True)
class Answer:
    """What the kernel answered to one event of an order, and the property that a refusal keeps."""

    event: str
    response: Response
    rule: str

    @property
    def is_refusal(self) -> bool:
        """Whether the event was refused: it changed nothing."""
        return self.response.name.startswith("REFUSED_")

    @property
    def is_stop(self) -> bool:
        """Whether it is a fact, and so was booked, and made delivery stop: the running program does not fit it."""
        return self.response.name.endswith("_AND_DELIVERY_STOPPED")


@dataclass(frozen=True)
class Admitted:
    """The answers to an order, and the state after it; what was refused has changed nothing."""

    answers: Sequence[Answer]
    before: State
    state: State

    @property
    def warning(self) -> Answer | None:
        """What the kernel says against the refill when it is proposed: it would be booked all the same."""
        told = (answer for answer in self.answers if answer.event == RefillProposed.__name__)
        return next((answer for answer in told if answer.is_refusal), None)

    @property
    def refusal(self) -> Answer | None:
        """The first answer that is against the order, a proposal of its refill left out: that is only a warning."""
        told = (answer for answer in self.answers if answer.event != RefillProposed.__name__)
        return next((answer for answer in told if answer.is_refusal), None)

    @property
    def stop(self) -> Answer | None:
        """The fact at which the program that runs until then stops, if one does."""
        return next((answer for answer in self.answers if answer.is_stop), None)


def admit(config: Config, state: State, order: Order) -> Admitted:
    """Put an order to the kernel, event by event, as a clinician would; the state that is given stays as it is."""
    answers: list[Answer] = []
    now = state
    for event in list_events(config, state, order):
        outcome = step(config, now, event)
        rule = RULES.get(outcome.response, "")
        answers.append(Answer(type(event).__name__, outcome.response, rule))
        now = outcome.state
    return Admitted(answers, state, now)


def list_events(config: Config, state: State, order: Order) -> Iterator[Event]:
    """What happens in the room: the fluids first, then the prescription, read back and confirmed."""
    if order.filling is not None:
        yield from _list_refill_events(config, state, order.filling)
    if order.tubing is not None:
        tubing = order.tubing
        yield PathDeclared(tubing.volume_lo_nl, tubing.volume_hi_nl, tubing.is_filled_from_reservoir)
    yield PrescriptionStaged(order.prescription, order.overrides)
    yield PrescriptionConfirmed(order.prescription)


def _list_refill_events(config: Config, state: State, filling: Filling) -> Iterator[Event]:
    fluid = filling.concentrations_fg_per_nl
    yield RefillProposed(filling.volume_nl, fluid, has_unknown_drug=False, is_shortfall_accepted=False)
    # As much comes out as the kernel expects: what is there, less what the needle leaves.
    aspirated_nl = max(0, state.reservoir.volume_lo_nl - config.pump.residual_nl)
    yield RefillDone(aspirated_nl, filling.volume_nl, fluid, has_unknown_drug=False, is_rinsed=filling.is_rinsed)
