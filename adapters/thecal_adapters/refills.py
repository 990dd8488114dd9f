# SPDX-License-Identifier: Apache-2.0
"""The account of refills: what came out of a pump over all of them, against what its pulses should have moved.

At one refill the kernel must allow for an error of reading and for what the needle leaves (RES-05), so that a drift of
each pulse may hide there for ever. Over several refills the drift adds up and what the needle leaves does not. Whoever
keeps the records, a journal or a simulation, gives them in; the finding comes with a refill, for a person to act on.
"""

from dataclasses import dataclass

from thecal.events import Event, PowerRestored, PulseResult, RefillDone
from thecal.limits import PumpModel
from thecal.outcome import Response

REPORTS = {
    Response.PULSE_BOOKED_AS_DONE: PulseResult.DONE,
    Response.PULSE_BOOKED_AS_NOT_DONE: PulseResult.NOT_DONE,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account stands at a refill, in nL since it began; ``refills`` are those since then, and ``rinses``.

    ``counted_nl`` is of pulses told as done, ``doubtful_nl`` of those that nobody knows of. ``drawn_nl`` is what was
    filled and did not come out, and ``allowed_nl`` by how much it may differ from what was counted.
    """

    refills: int
    rinses: int
    counted_nl: int
    doubtful_nl: int
    drawn_nl: int
    allowed_nl: int

    @property
    def off_nl(self) -> int:
        """By how much more left the reservoir than can be explained, or less, if negative; 0: nothing to find."""
        more_nl = self.drawn_nl - self.counted_nl - self.doubtful_nl - self.allowed_nl
        less_nl = self.drawn_nl - self.counted_nl + self.allowed_nl
        return max(0, more_nl) + min(0, less_nl)


class Account:
    """One pump's account. It begins with a refill, and anew where something was found or a state was lost."""

    def __init__(self, pump: PumpModel) -> None:
        self._pump = pump
        self.is_begun = False
        self._begin()

    def _begin(self) -> None:
        self.refills = self.rinses = self._done = self.doubts = self._drawn_nl = 0

    def add(self, event: Event, response: Response, is_ordered: bool) -> Standing | None:
        """Take a record in, in its order; where it is a refill that ends a stretch, tell where the account stands."""
        self.doubts += is_ordered
        result = REPORTS.get(response)
        self.doubts -= result is not None
        self._done += result is PulseResult.DONE
        if isinstance(event, PowerRestored) and not event.is_last_state:
            self.is_begun = False
        if isinstance(event, RefillDone) and response is not Response.REFUSED_MALFORMED_FACT:
            return self._refill(event)
        return None

    def _refill(self, event: RefillDone) -> Standing | None:
        if not self.is_begun:
            self._begin()
            self.is_begun = True
            self._drawn_nl = event.filled_nl
            return None
        self.refills += 1
        self.rinses += event.is_rinsed
        self._drawn_nl -= event.aspirated_nl
        standing = self._make_standing()
        if standing.off_nl:
            self._begin()
        self._drawn_nl += event.filled_nl
        return standing

    def _make_standing(self) -> Standing:
        pump = self._pump
        return Standing(
            refills=self.refills,
            rinses=self.rinses,
            counted_nl=self._done * pump.pulse_volume_nl,
            doubtful_nl=self.doubts * pump.pulse_volume_nl,
            drawn_nl=self._drawn_nl,
            allowed_nl=pump.refill_allowance_nl + (1 + self.rinses) * pump.residual_nl,
        )


def compute_unfound_nl(pump: PumpModel, doubts: int, rinses: int = 0) -> int:
    """The most that may have drifted and not be found, with so many pulses in doubt and rinses; reading is exact.

    A misread volume adds to it as it is. What the needle leaves may hide a drift once, and be allowed for once more.
    """
    return pump.refill_allowance_nl + 2 * (1 + rinses) * pump.residual_nl + (1 + 2 * doubts) * pump.pulse_volume_nl
