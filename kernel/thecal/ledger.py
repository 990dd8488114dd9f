# SPDX-License-Identifier: Apache-2.0
"""The boluses of the last 24 hours, newest first, and the lockout after each."""

from dataclasses import replace

from thecal.state import NO_BOLUS, Ledger, LedgerEntry, Lockout, Mode, State
from thecal.units import DAY_S, HOUR_S, LEDGER_LENGTH, Masses, compute_bounded_fg


def compute_given_since_fg(ledger: Ledger, since_tick: int) -> Masses:
    """The most of every drug that boluses which ended after ``since_tick`` have brought; never a debt.

    So much that it is more than any limit is not told from what is more than that.
    """
    return (
        compute_bounded_fg(sum(entry.given_fg[0] for entry in ledger if entry.end_tick > since_tick)),
        compute_bounded_fg(sum(entry.given_fg[1] for entry in ledger if entry.end_tick > since_tick)),
        compute_bounded_fg(sum(entry.given_fg[2] for entry in ledger if entry.end_tick > since_tick)),
        compute_bounded_fg(sum(entry.given_fg[3] for entry in ledger if entry.end_tick > since_tick)),
    )


def compute_given_day_fg(ledger: Ledger, tick: int) -> Masses:
    """The most that boluses have brought in the 24 h that end at ``tick``."""
    return compute_given_since_fg(ledger, tick - DAY_S)


def compute_given_hour_fg(ledger: Ledger, tick: int) -> Masses:
    """The most that boluses have brought in the hour that ends at ``tick``."""
    return compute_given_since_fg(ledger, tick - HOUR_S)


def compute_patient_count(ledger: Ledger, tick: int) -> int:
    """How many patient boluses began in the 24 h that end at ``tick``."""
    return sum(1 for entry in ledger if entry.is_patient and entry.start_tick > tick - DAY_S)


def compute_clinician_count(ledger: Ledger, tick: int) -> int:
    """How many clinicians' boluses ended in the 24 h that end at ``tick``."""
    return sum(1 for entry in ledger if entry.is_used and not entry.is_patient and entry.end_tick > tick - DAY_S)


def is_full(ledger: Ledger, tick: int) -> bool:
    """Whether the oldest entry still counts, so that there is no room for another."""
    return ledger[LEDGER_LENGTH - 1].is_used and ledger[LEDGER_LENGTH - 1].end_tick > tick - DAY_S


def is_locked_out(lockout: Lockout, tick: int) -> bool:
    """Whether the lockout after the last bolus is still running."""
    return lockout.has_ended and tick - lockout.end_tick < lockout.lockout_s


def compute_mode_after(state: State) -> Mode:
    """The mode when the active bolus has ended: a prime leaves the pump as stopped as it found it."""
    if not state.bolus.is_prime:
        return state.mode
    return Mode.STOPPED if state.is_programmed else Mode.UNPROGRAMMED


def with_bolus_ended(state: State) -> State:
    """End the active bolus or prime, if any: it goes to the ledger with what it brought, and its lockout starts."""
    if not state.bolus.is_active:
        return state
    entry = LedgerEntry(
        is_used=True,
        is_patient=state.bolus.is_patient,
        start_tick=state.bolus.start_tick,
        end_tick=state.tick,
        given_fg=state.bolus.given_fg,
    )
    return replace(
        state,
        mode=compute_mode_after(state),
        bolus=NO_BOLUS,
        ledger=(entry,) + state.ledger[: LEDGER_LENGTH - 1],  # OVR-04
        lockout=Lockout(has_ended=True, end_tick=state.tick, lockout_s=state.program.lockout_s),  # OVR-03
    )
