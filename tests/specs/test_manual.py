# SPDX-License-Identifier: Apache-2.0
"""The safety manual names every response and every alarm of the kernel, and what the device does."""

import pytest

from thecal.outcome import Response
from thecal.state import Alarm
from thecal_specs.manual import MANUAL, find_duty, render_alarms, render_responses, renew


def test_the_manual_has_the_tables_of_this_kernel() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    assert renew(text) == text, "run: python -m thecal_specs.manual"


def test_every_response_and_every_alarm_has_its_row() -> None:
    assert [f"`{r.name}`" in render_responses() for r in Response] == [True] * len(Response)
    assert [f"`{a.name}`" in render_alarms() for a in Alarm] == [True] * len(Alarm)
    assert "| 11 | `THERAPY_LACKING` | critical |" in render_alarms(), "the last critical one"
    assert "| 12 | `TIME_OF_DAY_UNVERIFIED` | non-critical |" in render_alarms(), "and the first that is not"


@pytest.mark.parametrize(
    ("response", "duty"),
    [
        (Response.REFUSED_BOLUS_STILL_LOCKED_OUT, "changes nothing"),
        (Response.PULSE_ORDERED_FOR_PRIME, "moves one pulse"),
        (Response.SECOND_PASSED, "stores the state"),
        (Response.DELIVERY_ENDED_BECAUSE_THE_RESERVOIR_IS_EMPTY, "moves nothing"),
        (Response.REFILL_BOOKED_AND_DELIVERY_STOPPED, "whether delivery stopped"),
    ],
)
def test_the_most_particular_beginning_of_a_name_counts(response: Response, duty: str) -> None:
    assert duty in find_duty(response)


def test_a_manual_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the table of responses"):
        renew("nothing here")
