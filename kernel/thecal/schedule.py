# SPDX-License-Identifier: Apache-2.0
"""What basal is due, and the most that any 24 h and any hour of it can bring.

The day is counted from the pump's first tick; a phase move rotates the slots, never the count.
"""

from dataclasses import replace

from thecal.state import Basal, Generation, Ratio, Ratios, Reserve
from thecal.units import (
    DAY_S,
    MASS_FG_BEYOND_LIMITS,
    QUOTIENT_END,
    SLOT_COUNT,
    SLOT_S,
    Masses,
    Slots,
    compute_bounded_fg,
    compute_day_fg,
    compute_quotient_up,
    compute_smaller,
)


def compute_slot_index(tick: int) -> int:
    """Which half hour of the day a tick belongs to."""
    return tick % DAY_S // SLOT_S


def is_any_slot_below(slots_fg: Slots, least_fg: int) -> bool:
    """Whether any slot is below a mass."""
    return any(slot < least_fg for slot in slots_fg)


def is_any_slot_above(slots_fg: Slots, most_fg: int) -> bool:
    """Whether any slot is above a mass."""
    return any(slot > most_fg for slot in slots_fg)


def is_any_slot_larger(left_fg: Slots, right_fg: Slots) -> bool:
    """Whether any slot is larger than the same slot of another day."""
    return any(a > b for a, b in zip(left_fg, right_fg))


def compute_larger_slots(left_fg: Slots, right_fg: Slots) -> Slots:
    """Slot by slot maximum."""
    return tuple(max(a, b) for a, b in zip(left_fg, right_fg))


def compute_hour_fg(slots_fg: Slots) -> int:
    """The most basal of any hour: two adjacent slots, since what is lost of one end is met at the other."""
    most = slots_fg[SLOT_COUNT - 1] + slots_fg[0]
    for i in range(SLOT_COUNT - 1):
        most = max(most, slots_fg[i] + slots_fg[i + 1])
    return most


def is_ratio_larger(left: Ratio, right: Ratio) -> bool:
    """Whether ``left`` brings more of its drug with the same mass of the first."""
    return left.drug_fg_per_nl * right.first_fg_per_nl > right.drug_fg_per_nl * left.first_fg_per_nl


def compute_larger_ratio(left: Ratio, right: Ratio) -> Ratio:
    """The one that brings more of its drug."""
    return left if is_ratio_larger(left, right) else right


def compute_larger_ratios(left: Ratios, right: Ratios) -> Ratios:
    """Drug by drug larger ratio."""
    return tuple(compute_larger_ratio(a, b) for a, b in zip(left, right))


def compute_share_fg(first_fg: int, ratio: Ratio, pulse_volume_nl: int) -> int:
    """The most of a drug that comes with ``first_fg`` of the first drug: whole pulses, rounded up; never negative."""
    pulses = compute_quotient_up(first_fg, ratio.first_fg_per_nl * pulse_volume_nl)
    if pulses >= QUOTIENT_END:
        return MASS_FG_BEYOND_LIMITS
    return compute_bounded_fg(pulses * (ratio.drug_fg_per_nl * pulse_volume_nl))


def compute_shares_fg(first_fg: int, ratios: Ratios, pulse_volume_nl: int) -> Masses:
    """The most of every drug that comes with ``first_fg`` of the first, which itself is exact."""
    return (
        first_fg,
        compute_share_fg(first_fg, ratios[1], pulse_volume_nl),
        compute_share_fg(first_fg, ratios[2], pulse_volume_nl),
        compute_share_fg(first_fg, ratios[3], pulse_volume_nl),
    )


def compute_reserve(generation: Generation, pulse_volume_nl: int) -> Reserve:
    """The worst basal of any 24 h and any hour, and two pulses: one owed when it begins, one more for its rounding.

    It is never negative nor above what stands for more than any limit, whatever the slots are.
    """
    pulses_fg = 2 * generation.pulse_fg
    day_fg = compute_bounded_fg(compute_day_fg(generation.slots_fg) + pulses_fg)
    hour_fg = compute_bounded_fg(compute_hour_fg(generation.slots_fg) + pulses_fg)
    return Reserve(
        day_fg=compute_shares_fg(day_fg, generation.ratios, pulse_volume_nl),
        hour_fg=compute_shares_fg(hour_fg, generation.ratios, pulse_volume_nl),
    )


def compute_larger_generation(left: Generation, right: Generation) -> Generation:
    """What was in force when either was."""
    return Generation(
        slots_fg=compute_larger_slots(left.slots_fg, right.slots_fg),
        pulse_fg=max(left.pulse_fg, right.pulse_fg),
        ratios=compute_larger_ratios(left.ratios, right.ratios),
    )


def compute_envelope(previous: Generation, current: Generation, pulse_volume_nl: int) -> Reserve:
    """The worst basal of any 24 h and any hour that saw either generation."""
    return compute_reserve(compute_larger_generation(previous, current), pulse_volume_nl)


def with_in_force(basal: Basal, now: Generation, pulse_volume_nl: int) -> Basal:
    """Let ``now`` be in force: more than the program before it, so the envelope grows to hold it."""
    current = compute_larger_generation(basal.current, now)
    return replace(
        basal,
        current=current,
        program=compute_reserve(now, pulse_volume_nl),
        envelope=compute_envelope(basal.previous, current, pulse_volume_nl),
    )


def with_less_in_force(basal: Basal, now: Generation, pulse_volume_nl: int) -> Basal:
    """Let ``now`` be in force: no more than the program before it, so the envelope holds it already."""
    return replace(basal, program=compute_reserve(now, pulse_volume_nl))


def with_new_day(basal: Basal, now: Generation, pulse_volume_nl: int) -> Basal:
    """A daily boundary: what was current becomes previous, what was before that is forgotten.

    The envelope never grows by it, not even by the rounding of a share to whole pulses.
    """
    fresh = compute_envelope(basal.current, now, pulse_volume_nl)
    return replace(
        basal,
        current=now,
        previous=basal.current,
        envelope=Reserve(
            day_fg=compute_smaller(fresh.day_fg, basal.envelope.day_fg),
            hour_fg=compute_smaller(fresh.hour_fg, basal.envelope.hour_fg),
        ),
    )
