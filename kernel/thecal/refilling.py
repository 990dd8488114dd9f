# SPDX-License-Identifier: Apache-2.0
"""Facts about fluids: a refill, a declared path, and what they mean for the therapy that runs."""

from dataclasses import replace

from thecal.admission import admit_program, find_reservoir_refusal
from thecal.clock import compute_clock_s
from thecal.emit import compute_interrupted_mode, emit, is_over, with_flight_resolved, with_staged_abandoned
from thecal.events import PathDeclared, RefillDone
from thecal.fluid import NO_DRUG, Fluid
from thecal.ledger import with_bolus_ended
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.path import with_path_declared, with_refill
from thecal.safe_state import compute_safe_mode
from thecal.state import Mode, State
from thecal.units import CONCENTRATION_FG_PER_NL_MAX, PATH_NL_MAX, RESERVOIR_NL_MAX, SLOT_S, Concentrations, is_within


def with_fluids_booked(config: Config, before: State, booked: State, mode: Mode) -> State:
    """After a fact about fluids: the program goes on in ``mode`` if it is still admissible, else delivery stops."""
    owed_fg_1800 = min(booked.basal.owed_fg_1800, booked.path.pulse_fg_max * SLOT_S)
    capped = replace(booked, basal=replace(booked.basal, owed_fg_1800=owed_fg_1800))
    if not before.is_programmed:
        return capped
    admission = admit_program(config, before, capped, before.program)
    if admission.refusal == Response.NOTHING_AGAINST_IT:
        return replace(admission.state, mode=mode)
    return replace(capped, is_admitted=False, mode=before.mode if is_over(before.mode) else Mode.STOPPED)  # PRG-08


def with_settled(config: Config, before: State) -> State:
    """Before the fluids change: the bolus ends, the pulse in flight is booked, no staged order survives."""
    return with_staged_abandoned(with_flight_resolved(config, with_bolus_ended(before)))


def compute_discrepancy(config: Config, state: State, aspirated_nl: int) -> int:
    """1 when more came out than the kernel can explain, -1 when less did, else 0."""
    allowance_nl = config.pump.refill_allowance_nl
    if aspirated_nl > state.reservoir.volume_hi_nl + allowance_nl:
        return 1
    if aspirated_nl + config.pump.residual_nl + allowance_nl < state.reservoir.volume_lo_nl:
        return -1
    return 0


def with_discrepancy(config: Config, state: State, discrepancy: int) -> State:
    """Doubt the reservoir: no bolus, no increase, the drugs' safe state, until a clinician resolves it."""
    if discrepancy == 0:
        return state
    therapy = replace(
        state.therapy,
        discrepancy=discrepancy,
        last_discrepancy=discrepancy,
        is_repeated=state.therapy.last_discrepancy == discrepancy,
    )
    return replace(state, therapy=therapy, mode=compute_safe_mode(config, state))  # RES-05


def make_label(concentrations_fg_per_nl: Concentrations, has_unknown_drug: bool) -> Fluid:
    """The fluid that a label declares, exactly."""
    return Fluid(is_known=not has_unknown_drug, lo=concentrations_fg_per_nl, hi=concentrations_fg_per_nl)


def find_refill_refusal(config: Config, before: State, filled: State) -> Response:
    """What forbids to go on with the fluids after a refill: of the program, or else of the reservoir alone."""
    if before.is_programmed:
        return admit_program(config, before, filled, before.program).refusal
    return find_reservoir_refusal(config, filled.reservoir.fluid)


def is_label_well_formed(label: Fluid) -> bool:
    """Whether every concentration on a label lies in the kernel's limits."""
    return all(is_within(hi, 0, CONCENTRATION_FG_PER_NL_MAX) for hi in label.hi)


def is_refill_well_formed(event: RefillDone) -> bool:
    """Whether the volumes of a refill lie in the kernel's limits."""
    return is_within(event.filled_nl, 0, RESERVOIR_NL_MAX) and is_within(event.aspirated_nl, 0, RESERVOIR_NL_MAX)


def on_refill_done(config: Config, before: State, event: RefillDone) -> Outcome:
    """Book a refill, whatever was filled."""
    label = make_label(event.concentrations_fg_per_nl, event.has_unknown_drug)
    if not is_refill_well_formed(event) or not is_label_well_formed(label):
        return emit(before, Response.REFUSED_MALFORMED_FACT)
    settled = with_settled(config, before)
    discrepancy = compute_discrepancy(config, settled, event.aspirated_nl)
    clock_s = compute_clock_s(settled)
    filled = with_refill(config.pump, settled, event.filled_nl, label, event.is_rinsed, clock_s)
    mode = compute_interrupted_mode(before) if before.mode == Mode.EMPTY else settled.mode
    state = with_discrepancy(config, with_fluids_booked(config, before, filled, mode), discrepancy)
    if before.is_programmed and not state.is_admitted:
        return emit(state, Response.REFILL_BOOKED_AND_DELIVERY_STOPPED)
    if discrepancy != 0:
        return emit(state, Response.REFILL_BOOKED_WITH_A_DISCREPANCY)
    return emit(state, Response.REFILL_BOOKED)


def on_path_declared(config: Config, before: State, event: PathDeclared) -> Outcome:
    """Book what tubing and catheter hold."""
    lo_nl = event.volume_lo_nl
    hi_nl = event.volume_hi_nl
    if not (0 <= lo_nl <= hi_nl <= PATH_NL_MAX):
        return emit(before, Response.REFUSED_MALFORMED_FACT)
    settled = with_settled(config, before)
    front_hi_nl = 0 if event.is_filled_from_reservoir else hi_nl
    booked = with_path_declared(config.pump, settled, lo_nl, hi_nl, NO_DRUG, front_hi_nl)
    state = with_fluids_booked(config, before, booked, settled.mode)
    if before.is_programmed and not state.is_admitted:
        return emit(state, Response.PATH_BOOKED_AND_DELIVERY_STOPPED)
    return emit(state, Response.PATH_BOOKED)


def on_discrepancy_resolved(state: State) -> Outcome:
    """A clinician has found the cause: the reservoir is trusted again."""
    if state.therapy.discrepancy == 0:
        return emit(state, Response.REFUSED_NO_DISCREPANCY)
    therapy = replace(state.therapy, discrepancy=0, is_repeated=False)
    return emit(replace(state, therapy=therapy), Response.DISCREPANCY_RESOLVED)
