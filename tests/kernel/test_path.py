# SPDX-License-Identifier: Apache-2.0
"""What may come out of the tip is enclosed for every place where the front may truly be."""

from dataclasses import replace
from itertools import product

import pytest
from tests.kernel.bench import CONFIG, PULSE_FG, PUMP, declare, fill_up, open_box, start
from tests.simulation.values import fill

from thecal.events import PathDeclared, PulseResult
from thecal.fluid import NO_DRUG, Fluid
from thecal.path import compute_ratios, compute_tip_hi, compute_tip_lo, is_fitting, with_pulse_moved
from thecal.state import Path, Ratio, Reservoir, initial_state

BOX = initial_state(CONFIG)


def make(lo: int, hi: int) -> Fluid:
    return Fluid(is_known=True, lo=(lo, 0, 0, 0), hi=(hi, 0, 0, 0))


def make_path(lo_nl: int, hi_nl: int, old: Fluid = NO_DRUG) -> Path:
    return replace(BOX.path, volume_lo_nl=lo_nl, volume_hi_nl=hi_nl, front_lo_nl=lo_nl, front_hi_nl=hi_nl, old=old)


def make_reservoir(volume_nl: int, new: Fluid = NO_DRUG) -> Reservoir:
    return fill(Reservoir, volume_lo_nl=volume_nl, volume_hi_nl=volume_nl, fluid=new)


@pytest.mark.parametrize(("old", "new"), [(make(2, 3), make(7, 9)), (make(7, 9), make(2, 3)), (make(1, 9), make(4, 5))])
def test_the_tip_encloses_every_pulse_that_may_come(old: Fluid, new: Fluid) -> None:
    """On every small case; exactly so where the pulse is surely of one fluid."""
    for volume_nl, lo_nl, hi_nl in product(range(1, 4), range(6), range(6)):
        if lo_nl > hi_nl:
            continue
        path, reservoir = make_path(lo_nl, hi_nl, old), make_reservoir(100, new)
        olds_nl = [min(front_nl, volume_nl) for front_nl in range(lo_nl, hi_nl + 1)]
        least_fg = min(old.lo[0] * nl + new.lo[0] * (volume_nl - nl) for nl in olds_nl)
        most_fg = max(old.hi[0] * nl + new.hi[0] * (volume_nl - nl) for nl in olds_nl)
        lower_fg = compute_tip_lo(path, reservoir.fluid, volume_nl)[0] * volume_nl
        upper_fg = compute_tip_hi(path, reservoir.fluid, volume_nl)[0] * volume_nl
        assert lower_fg <= least_fg <= most_fg <= upper_fg
        if lo_nl >= volume_nl or hi_nl == 0:
            assert (lower_fg, upper_fg) == (least_fg, most_fg)


def test_a_pulse_that_straddles_the_front_is_not_yet_all_old() -> None:
    path, reservoir = make_path(1, 1, make(2, 2)), make_reservoir(100, make(7, 7))
    assert compute_tip_hi(path, reservoir.fluid, 2)[0] == 7
    assert compute_tip_hi(path, reservoir.fluid, 1)[0] == 2


@pytest.mark.parametrize(
    "results", list(product(PulseResult, repeat=4)), ids=lambda results: "-".join(result.name for result in results)
)
def test_front_and_reservoir_are_where_the_pulses_may_have_left_them(results: tuple[PulseResult, ...]) -> None:
    """Every combination of results of four pulses of 2 nL, from a front at 5 nL."""
    state = replace(BOX, path=make_path(5, 5), reservoir=make_reservoir(100))
    moved_nl = [0]
    for result in results:
        if result != PulseResult.NOT_DONE:
            state = with_pulse_moved(state, result, 2)
        may_move = {PulseResult.DONE: (2,), PulseResult.NOT_DONE: (0,), PulseResult.UNKNOWN: (0, 2)}[result]
        moved_nl = [nl + more for nl in moved_nl for more in may_move]
    assert state.path.front_lo_nl == max(0, 5 - max(moved_nl))
    assert state.path.front_hi_nl == max(0, 5 - min(moved_nl))
    assert state.reservoir.volume_lo_nl == 100 - max(moved_nl)
    assert state.reservoir.volume_hi_nl == 100 - min(moved_nl)


def test_a_pulse_fits_down_to_the_residual() -> None:
    assert is_fitting(make_reservoir(12), 2, 10)
    assert not is_fitting(make_reservoir(11), 2, 10)


def test_the_larger_ratio_of_two_fluids_counts() -> None:
    weak = Fluid(is_known=True, lo=NO_DRUG.lo, hi=(2, 1, 0, 5))
    strong = Fluid(is_known=True, lo=NO_DRUG.lo, hi=(3, 2, 0, 3))
    for ratios in (compute_ratios(weak, strong), compute_ratios(strong, weak)):
        assert (ratios[1], ratios[2].drug_fg_per_nl, ratios[3]) == (Ratio(2, 3), 0, Ratio(5, 2))
    assert compute_ratios(NO_DRUG, NO_DRUG) == (Ratio(0, 1),) * 4


def test_a_refill_puts_what_the_reservoir_held_ahead_of_the_front() -> None:
    bench = open_box()
    bench.send(
        fill_up(first_fg_per_nl=5), fill(PathDeclared, volume_lo_nl=7, volume_hi_nl=9, is_filled_from_reservoir=True)
    )
    assert (bench.state.path.front_lo_nl, bench.state.path.front_hi_nl) == (0, 0)
    bench.send(fill_up(first_fg_per_nl=8))
    assert (bench.state.path.front_lo_nl, bench.state.path.front_hi_nl) == (7, 9)
    assert bench.state.path.old.hi[0] == 5
    assert (bench.state.path.pulse_fg_min, bench.state.path.pulse_fg_max) == (5, 8)


def test_a_third_fluid_makes_one_of_the_two_before_it() -> None:
    bench = open_box()
    bench.send(fill_up(first_fg_per_nl=5), declare(100), fill_up(first_fg_per_nl=8), fill_up(first_fg_per_nl=6))
    assert (bench.state.path.old.lo[0], bench.state.path.old.hi[0]) == (5, 8)
    assert bench.state.reservoir.fluid.hi[0] == 6


def test_a_path_that_was_not_primed_holds_no_drug() -> None:
    bench = open_box()
    bench.send(fill_up(), declare(100, is_filled_from_reservoir=False))
    assert bench.state.path.old == NO_DRUG
    assert bench.state.path.front_hi_nl == 100


def test_the_upper_book_takes_the_stronger_fluid_while_the_front_is_in_doubt() -> None:
    """After a stronger refill the motor waits for two weak pulses' worth, as the first may be strong already."""
    bench = start()
    bench.send(declare(0), fill_up(first_fg_per_nl=2 * PULSE_FG))
    outcome = next(outcome for outcome in bench.wait(4 * 1_800) if outcome.pulse.is_ordered)
    assert outcome.pulse.upper_fg[0] == 2 * PULSE_FG
    assert outcome.state.tick == 2 * 1_800


def test_a_rinse_ends_every_doubt_about_what_was_in_the_reservoir() -> None:
    """Without it one wrong refill is never forgotten: a needle always leaves something behind."""
    bench = open_box(replace(CONFIG, pump=replace(PUMP, residual_nl=100)))
    bench.send(replace(fill_up(first_fg_per_nl=9), has_unknown_drug=True))
    bench.send(fill_up(), fill_up(), fill_up())
    assert not bench.state.reservoir.fluid.is_known
    bench.send(replace(fill_up(), is_rinsed=True))
    assert bench.state.reservoir.fluid == Fluid(is_known=True, lo=(PULSE_FG, 0, 0, 0), hi=(PULSE_FG, 0, 0, 0))
    assert bench.state.reservoir.volume_hi_nl - bench.state.reservoir.volume_lo_nl == 100


def test_a_rinse_without_a_filling_replaces_nothing() -> None:
    bench = open_box(replace(CONFIG, pump=replace(PUMP, residual_nl=100)))
    bench.send(replace(fill_up(), has_unknown_drug=True), replace(fill_up(0), is_rinsed=True))
    assert not bench.state.reservoir.fluid.is_known
