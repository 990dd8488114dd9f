# SPDX-License-Identifier: Apache-2.0
"""A whole day of a usual therapy, second by second, against an account that keeps every pulse."""

from dataclasses import replace

from tests.kernel.bench import PRESCRIPTION, PUMP, TWO_DRUGS, confirm, declare, fill_up, open_box, stage
from tests.simulation.books import BOOKS

from thecal.events import BolusAsked, Event, PulseReported, PulseResult, SecondPassed
from thecal.outcome import Response
from thecal.units import DAY_S, HOUR_S, MASS_FG_MAX
from thecal_specs.reference import Reference

# Pulses of a quarter of a microlitre, 2 mg/mL of the first drug and 1 mg/mL of a second, 960 mcg a day.
MARKET = replace(TWO_DRUGS, pump=replace(PUMP, pulse_volume_nl=250, capacity_nl=20_000_000, residual_nl=1_000_000))
FIRST, SECOND = 2_000_000, 1_000_000
CAPS_FG = (MASS_FG_MAX, MASS_FG_MAX, 0, 0)
USUAL = replace(
    PRESCRIPTION,
    slots_fg=(10_000_000_000,) * 16 + (25_000_000_000,) * 32,
    bolus_fg=40_000_000_000,
    bolus_duration_s=600,
    lockout_s=4 * HOUR_S,
    bolus_count_max=4,
    cap_day_fg=CAPS_FG,
    cap_hour_fg=CAPS_FG,
)


def test_a_day_gives_what_was_prescribed_and_the_books_agree() -> None:
    bench = open_box(MARKET)
    reference = Reference(MARKET)

    def happen(event: Event) -> Response:
        before = bench.state
        outcome = bench.send(event)
        reference.observe(before, event, outcome)
        return outcome.response

    for event in (fill_up(20_000_000, SECOND, first_fg_per_nl=FIRST), declare(200_000), stage(USUAL), confirm(USUAL)):
        happen(event)
    granted = 0
    for tick in range(1, DAY_S + 1):
        happen(SecondPassed())
        if bench.state.flight.is_pending:
            happen(PulseReported(sequence=bench.state.flight.sequence, result=PulseResult.DONE))
        if tick % HOUR_S == 0:
            granted += happen(BolusAsked()) == Response.BOLUS_GRANTED
            assert [book.__name__ for book in BOOKS if not book(bench.state, reference)] == []
    assert granted == 4
    pulse_fg = FIRST * MARKET.pump.pulse_volume_nl
    given_fg = reference.compute_lower_fg(DAY_S, DAY_S)
    assert given_fg == reference.compute_upper_fg(DAY_S, DAY_S)
    assert given_fg[0] == sum(USUAL.slots_fg) // pulse_fg * pulse_fg + 4 * USUAL.bolus_fg
    assert given_fg[1] * FIRST == given_fg[0] * SECOND
