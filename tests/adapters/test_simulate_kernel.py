# SPDX-License-Identifier: Apache-2.0
"""What the simulation has found in the kernel, made as short as it can be, and mended."""

from dataclasses import replace

from thecal.capsule import make_capsule, restore
from thecal.events import PathDeclared, PrescriptionConfirmed, PrescriptionStaged, RefillDone, SecondPassed
from thecal.prescription import compute_no_prescription
from thecal.state import State, initial_state
from thecal.step import step
from thecal_adapters.library import load_config
from thecal_adapters.overrides import EVERY_OVERRIDE

CONFIG = load_config("valve-pulse-20", ["morphine"])
FILLED_NL = 18_000_000
STRONG, WEAK = 10_000_000, 1_000_000
PROGRAM = replace(compute_no_prescription(CONFIG), slots_fg=(40_000_000_000,) * 48)


def make_flight() -> State:
    """A pump that has just ordered a pulse and not heard of it."""
    state = initial_state(CONFIG)
    for event in (
        RefillDone(0, FILLED_NL, (STRONG, 0, 0, 0), has_unknown_drug=False, is_rinsed=False),
        PathDeclared(200_000, 200_000, is_filled_from_reservoir=True),
        PrescriptionStaged(PROGRAM, EVERY_OVERRIDE),
        PrescriptionConfirmed(PROGRAM),
    ):
        state = step(CONFIG, state, event).state
    while not state.flight.is_pending:
        state = step(CONFIG, state, SecondPassed()).state
    return state


def test_a_pulse_in_flight_may_have_left_the_reservoir_that_a_capsule_restores() -> None:
    state = make_flight()
    restored = restore(CONFIG, replace(state, tick=-1), make_capsule(state))
    moved_nl = FILLED_NL - CONFIG.pump.pulse_volume_nl  # what is there if the pulse moved before power failed
    assert restored.reservoir.volume_lo_nl <= moved_nl <= restored.reservoir.volume_hi_nl


def test_what_a_needle_leaves_is_not_forgotten_with_state_and_capsule() -> None:
    state = make_flight()
    restored = restore(CONFIG, replace(state, tick=-1), replace(make_capsule(state), checksum=0))
    event = RefillDone(16_000_000, FILLED_NL, (WEAK, 0, 0, 0), has_unknown_drug=False, is_rinsed=False)
    fluid = step(CONFIG, restored, event).state.reservoir.fluid
    left_nl = CONFIG.pump.residual_nl
    blend = (STRONG * left_nl + WEAK * FILLED_NL) // (left_nl + FILLED_NL)
    assert not fluid.is_known or fluid.lo[0] <= blend <= fluid.hi[0]
