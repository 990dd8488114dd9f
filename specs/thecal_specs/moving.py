# SPDX-License-Identifier: Apache-2.0
"""What is claimed of a day's slots whose phase is moved, whatever they hold (TIM-05)."""

from thecal.programming import compute_rotated
from thecal.units import SLOT_COUNT, Slots


def is_later_by(new_fg: Slots, old_fg: Slots, slot_count: int) -> bool:
    """Whether each slot is the one of so many half hours before, a day being a circle. 0 to 47 half hours."""
    days_fg = old_fg + old_fg
    return all(new_fg[i] == days_fg[i + SLOT_COUNT - slot_count] for i in range(SLOT_COUNT))


def a_moved_phase_brings_every_slot_so_much_later(slots_fg: Slots) -> bool:
    """Moved by any number of half hours that a day has, each slot comes exactly so many half hours later."""
    return all(is_later_by(compute_rotated(slots_fg, n), slots_fg, n) for n in range(SLOT_COUNT))


MOVING = (a_moved_phase_brings_every_slot_so_much_later,)
