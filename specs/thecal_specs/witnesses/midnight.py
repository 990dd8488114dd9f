# SPDX-License-Identifier: Apache-2.0
"""A trace over the boundary of a day."""

from thecal.events import BolusAsked
from thecal.units import DAY_S
from thecal_specs.witnesses.pump import CONFIG, start
from thecal_specs.witnesses.trace import Seconds, Trace

MIDNIGHT = (
    Trace(
        name="midnight",
        story="A therapy, and a bolus, that began in the last seconds of a day go on in the next one.",
        config=CONFIG,
        boxed_s=DAY_S - 10,
        happenings=(*start(), Seconds(5), BolusAsked(), Seconds(30)),
    ),
)
