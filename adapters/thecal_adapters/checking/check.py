# SPDX-License-Identifier: Apache-2.0
"""Everything that is to be known of an order before it is programmed, from a fresh pump or from a pump as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from thecal.limits import Config
from thecal.state import Alarm, Mode, State
from thecal.units import DAY_S
from thecal_adapters.checking.admitting import Admitted, Answer, admit
from thecal_adapters.checking.amounts import Amount, Bounds, find_bounds, list_amounts, list_traces
from thecal_adapters.checking.bridge import Bridge, find_bridge
from thecal_adapters.checking.changes import Change, Side, list_changes
from thecal_adapters.checking.crossing import list_crossing
from thecal_adapters.checking.delivering import Delivery, compute_delivery
from thecal_adapters.checking.limits import Limit, list_limits
from thecal_adapters.checking.mistakes import Mistake, list_mistakes
from thecal_adapters.checking.reservoir import Lasting, compute_lasting
from thecal_adapters.checking.tracing import Trace, run, settle
from thecal_adapters.prescriptions import Order


@dataclass(frozen=True)
class Forecast:
    """What the order brings once it runs, which alarms it leads to, and the lives that were replayed for it."""

    amounts: Sequence[Amount]
    bounds: Bounds
    lasting: Lasting
    bridge: Bridge | None
    alarms: Sequence[Alarm]
    alone: Trace
    asking: Trace | None


@dataclass(frozen=True)
class Check:
    """The result: what the kernel answers, what the pump can deliver, what changes, what slips would do.

    ``stop``: the fact at which what runs until then stops. ``forecast`` is None where the order is refused, or the pump
    would not deliver it. ``mistakes`` are empty where it is refused: that answer says nothing about slips.
    """

    order: Order
    answers: Sequence[Answer]
    warning: Answer | None
    refusal: Answer | None
    stop: Answer | None
    mode: Mode
    delivery: Delivery
    changes: Sequence[Change]
    mistakes: Sequence[Mistake]
    limits: Sequence[Limit]
    forecast: Forecast | None

    @property
    def is_good(self) -> bool:
        """Whether the kernel admits the order and the pump would deliver it."""
        return self.forecast is not None

    @property
    def is_decided(self) -> bool:
        """Whether every bound is known as it is meant to be: proved of the kernel's functions."""
        return self.forecast is None or self.forecast.bounds.is_proved


def check(config: Config, state: State, order: Order, current: Side | None = None) -> Check:
    """Check an order against a state, which stays as it is; takes seconds.

    ``current`` is what the changes are told against: the program that runs, unless another one is named.
    """
    admitted = admit(config, state, order)
    after = admitted.state
    is_delivered = admitted.refusal is None and after.mode == Mode.DELIVERING
    forecast = look_ahead(config, after) if is_delivered else None
    return Check(
        order=order,
        answers=admitted.answers,
        warning=admitted.warning,
        refusal=admitted.refusal,
        stop=admitted.stop,
        mode=after.mode,
        delivery=compute_delivery(config, after, order.prescription),
        changes=_find_changes(state, admitted, order, current),
        mistakes=() if admitted.refusal is not None else tuple(list_mistakes(config, state, order)),
        limits=() if forecast is None else tuple(list_limits(config, order.drugs, forecast.amounts)),
        forecast=forecast,
    )


def _find_changes(state: State, admitted: Admitted, order: Order, current: Side | None) -> Sequence[Change]:
    if current is None and state.is_programmed:
        current = Side(state.program, state.reservoir.fluid.hi)
    if current is None:
        return ()
    return tuple(list_changes(current, Side(order.prescription, admitted.state.reservoir.fluid.hi), order.drugs))


def look_ahead(config: Config, state: State) -> Forecast:
    """What a pump that delivers brings from now on, if no bolus runs; takes seconds.

    While a front is in the path, first the crossing, then what follows when it has passed.
    """
    ready = settle(config, state)
    bridge = find_bridge(config, ready)
    settled = ready if bridge is None else bridge.settled
    bounds = find_bounds(config, settled)
    alone = list_traces(config, settled, has_boluses=False)
    has_boluses = state.program.bolus_fg > 0 and state.program.bolus_count_max > 0
    asking = list_traces(config, settled, has_boluses=True) if has_boluses else []
    crossing_s = settled.tick - ready.tick + DAY_S
    crossing = [] if bridge is None else [run(config, ready, crossing_s)]
    asking_crossing = [run(config, ready, crossing_s, 0)] if bridge is not None and has_boluses else []
    return Forecast(
        amounts=(
            *list_crossing(config, ready, crossing, asking_crossing),
            *list_amounts(settled, bounds, alone, asking, config.pump.pulse_volume_nl),
        ),
        bounds=bounds,
        lasting=compute_lasting(config, state, settled, bounds),
        bridge=bridge,
        alarms=_find_alarms(state, alone[0].state),
        alone=crossing[0] if crossing else alone[0],
        asking=asking[0] if asking else None,
    )


def _find_alarms(before: State, after: State) -> Sequence[Alarm]:
    """The alarms that were raised in between, as long as nobody has acknowledged them."""
    pairs = zip(Alarm, before.alarms, after.alarms, strict=True)
    return tuple(alarm for alarm, old, new in pairs if new.is_active and not old.is_active)
