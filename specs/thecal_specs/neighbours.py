# SPDX-License-Identifier: Apache-2.0
"""What lies next to a state that a trace meets: where something is about to happen, what damage makes of it.

The solver proves claims of all states. Here are a few that tell a changed kernel from the right one in CPython: some
thing a few seconds ahead, one number of the state wrong, one number of its capsule.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import IntEnum
from functools import partial
from itertools import pairwise, product
from typing import Any

from thecal.capsule import Capsule, make_capsule
from thecal.clock import REPLACEMENT_S, compute_clock_s, compute_off_s_max, compute_stability_s
from thecal.fluid import Fluid
from thecal.lacking import compute_tolerance_permille
from thecal.limits import Config
from thecal.path import compute_upper_fg, with_refill
from thecal.quiet import compute_lacking_fg, compute_next_due_fg, compute_quiet_s
from thecal.state import Ratio, State, initial_state
from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    DAY_S,
    DRUG_COUNT,
    FAILURE_COUNT,
    LACKING_S,
    NO_MASSES,
    QUOTIENT_BITS,
    SLOT_S,
    TICK_MAX,
    Division,
)
from thecal_specs.contracts import DIVIDEND_MAX, DIVISOR_MAX
from thecal_specs.edges import make_config

AHEAD_S = (0, 1, 2, 9)


def list_deadlines(config: Config, state: State) -> Iterator[State]:
    """A state a few seconds before a deadline."""
    clock_s = compute_clock_s(state)
    stability_s, off_s_max = compute_stability_s(config, state), compute_off_s_max(config, state)
    for ahead_s in AHEAD_S:
        yield replace(state, tick=TICK_MAX - ahead_s)
        yield replace(state, tick=state.tick + SLOT_S - state.tick % SLOT_S - ahead_s)
        yield replace(state, tick=state.tick + LACKING_S - state.tick % LACKING_S - ahead_s)
        yield replace(state, therapy=replace(state.therapy, off_s=off_s_max - ahead_s))
        yield replace(state, reservoir=replace(state.reservoir, filled_clock_s=clock_s - stability_s + ahead_s))
        yield replace(state, device=replace(state.device, replacement_clock_s=clock_s - REPLACEMENT_S + ahead_s))


def list_alarms(state: State) -> Iterator[State]:
    """A state a few seconds before the end of an alarm's condition, or of its silence."""
    for ahead_s in AHEAD_S:
        then = state.tick + ahead_s
        yield replace(state, device=replace(state.device, unknown_until_tick=then))
        for failed in ((then - DAY_S,) * FAILURE_COUNT, (state.tick,) * (FAILURE_COUNT - 1) + (then - DAY_S,)):
            yield replace(state, device=replace(state.device, failure_ticks=failed))
        for place in (0, -1):
            alarms = list(state.alarms)
            alarms[place] = replace(alarms[place], quiet_until_tick=then)
            yield replace(state, alarms=tuple(alarms))


def list_masses(config: Config, state: State) -> Iterator[State]:
    """A state a few seconds before a pulse is due, or before what lacks is too much."""
    pulse_fg_1800 = compute_upper_fg(state.path, state.reservoir.fluid, config.pump.pulse_volume_nl)[0] * SLOT_S
    due_fg = compute_next_due_fg(config, state)
    for ahead_s in (*AHEAD_S, 1_000):
        for more_fg in (-1, 0, 1):
            yield replace(state, basal=replace(state.basal, owed_fg_1800=pulse_fg_1800 - ahead_s * due_fg + more_fg))
    lacking_fg = compute_lacking_fg(config, state)
    most_fg_1800 = 9 * compute_tolerance_permille(config, state) * state.titration.total_fg[0] // 5
    others_fg_1800 = sum(state.therapy.lacking_fg_1800[1:])
    for ahead_s in (*AHEAD_S, SLOT_S):
        for more_fg in (-1, 0, 1):
            latest = most_fg_1800 - others_fg_1800 - ahead_s * lacking_fg + more_fg
            book = (latest, *state.therapy.lacking_fg_1800[1:])
            yield replace(state, therapy=replace(state.therapy, lacking_fg_1800=book))


def list_before_something(config: Config, state: State) -> Iterator[State]:
    """States that differ from one in what is about to happen; not all of them are of the invariant."""
    yield from list_deadlines(config, state)
    yield from list_alarms(state)
    yield from list_masses(config, state)


def list_counts(config: Config, state: State) -> tuple[int, ...]:
    """How many seconds may be asked of: few, what the kernel names and one more, and what is left of the slot."""
    named = compute_quiet_s(config, state)
    left = SLOT_S - (state.tick + 1) % SLOT_S
    return (1, left) if named == 0 else (1, 2, named // 2, named, named + 1, left)


def list_changed(value: Any) -> Iterator[Any]:
    """A record or table with each number in turn another one, by one; then with two neighbours that change places."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from (replace(value, **{field.name: other}) for other in list_changed(getattr(value, field.name)))
    elif isinstance(value, tuple):
        for place, each in enumerate(value):
            yield from ((*value[:place], other, *value[place + 1 :]) for other in list_changed(each))
        for place, (left, right) in enumerate(pairwise(value)):
            if left != right:
                yield (*value[:place], right, left, *value[place + 2 :])
    elif isinstance(value, bool):
        yield not value
    elif not isinstance(value, IntEnum):
        yield value + 1


def list_capsules(config: Config, state: State) -> Iterator[Capsule]:
    """The capsule of a state, and what may stand in its place: unsealed, or sealed and of no use."""
    capsule = make_capsule(state)
    less_nl = min(state.reservoir.volume_lo_nl, config.pump.pulse_volume_nl - 1)
    fluid = state.reservoir.fluid
    crossed = replace(fluid, lo=(*fluid.lo[: DRUG_COUNT - 1], fluid.hi[DRUG_COUNT - 1] + 1))
    yield capsule
    yield replace(capsule, checksum=capsule.checksum + 1)
    yield make_capsule(replace(state, is_admitted=not state.is_admitted))
    yield make_capsule(replace(state, config_digest=state.config_digest + 1))
    yield make_capsule(replace(state, tick=TICK_MAX))
    yield make_capsule(replace(state, reservoir=replace(state.reservoir, volume_lo_nl=less_nl)))
    yield make_capsule(replace(state, reservoir=replace(state.reservoir, fluid=crossed)))


def list_loaded(config: Config, state: State) -> Iterator[tuple[State, Capsule]]:
    """A state and a capsule that may be found side by side: the state whole, or broken, and its time as well."""
    broken = replace(state, basal=replace(state.basal, owed_fg_1800=-1))
    whole, *others = list_capsules(config, state)
    yield state, whole
    yield from ((broken, capsule) for capsule in (whole, *others))
    for tick in (-1, TICK_MAX):
        yield from ((replace(broken, tick=tick), capsule) for capsule in (whole, others[0]))


def list_dividends(divisor: int) -> Iterator[int]:
    """Numbers that are just not, just and more than just so many times a divisor."""
    for power in range(QUOTIENT_BITS + 1):
        for quotient in (2**power - 1, 2**power):
            yield from (quotient * divisor + rest for rest in (-1, 0, 1))
    yield from (-DIVIDEND_MAX, DIVIDEND_MAX)


def list_divisions(divisors: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """What is divided, and by what."""
    yield from ((dividend, divisor) for divisor in divisors for dividend in list_dividends(divisor))


def list_shares() -> Iterator[tuple[int, Ratio, int]]:
    """A mass of the first drug, what comes with it of another, and the volume of a pulse."""
    for drug_fg_per_nl, first_fg_per_nl in ((0, 1), (1, 1), (1, 3), (7, 2), (CONCENTRATION_FG_PER_NL_MAX, 1)):
        for dividend in list_dividends(3 * first_fg_per_nl):
            yield dividend, Ratio(drug_fg_per_nl, first_fg_per_nl), 3


def list_blends() -> Iterator[tuple[int, int, int, int]]:
    """Two concentrations and their volumes."""
    fluids = tuple(product((0, 1, 2, 5, CONCENTRATION_FG_PER_NL_MAX), (0, 1, 2, 3, 1_000)))
    yield from ((*old, *new) for old in fluids for new in fluids)


def list_filled() -> Iterator[tuple[Config, State]]:
    """A pump filled with what lies at the ends of what can be written down of a concentration, and beyond them."""
    config = make_config()
    most = CONCENTRATION_FG_PER_NL_MAX
    for place, (lo, hi) in product((0, DRUG_COUNT - 1), ((0, 0), (most, most), (most, most + 1), (-1, 0), (1, 0))):
        fluid = Fluid(
            is_known=True,
            lo=(*NO_MASSES[:place], lo, *NO_MASSES[place + 1 :]),
            hi=(*NO_MASSES[:place], hi, *NO_MASSES[place + 1 :]),
        )
        yield config, with_refill(config.pump, initial_state(config), 1, fluid, True, 0)


def list_steps() -> Iterator[tuple[Division, int, int]]:
    """How far a division has come, a divisor and how many parts are taken at once."""
    for rest, divisor, power in product(range(-1, 12), (0, 1, 3), (0, 1, 2, 4)):
        yield Division(quotient=5, rest=rest), divisor, power


# Arguments at the edges of what functions with a contract are asked.
NUMBERS: Mapping[str, Callable[[], Iterator[tuple[Any, ...]]]] = {
    "thecal.fluid.compute_blend_hi": list_blends,
    "thecal.fluid.compute_blend_lo": list_blends,
    "thecal.integrity.is_intact": list_filled,
    "thecal.quiet.compute_ahead_s": partial(product, range(-2, 5), range(-2, 5)),
    "thecal.quiet.compute_seconds_before": partial(list_divisions, (1, 2, 1_000)),
    "thecal.schedule.compute_share_fg": list_shares,
    "thecal.units.compute_division_step": list_steps,
    "thecal.units.compute_fg_per_s_up": partial(list_divisions, (1, 2, 60, DAY_S)),
    "thecal.units.compute_quotient_down": partial(list_divisions, (1, 2, 3, 1_000_000, DIVISOR_MAX)),
    "thecal.units.compute_quotient_up": partial(list_divisions, (1, 2, 3, 1_000_000, DIVISOR_MAX)),
}
