# SPDX-License-Identifier: Apache-2.0
"""A check as JSON, in the form of ``schemas/check.schema.json``: integers in the kernel's units, nothing rounded."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from thecal_adapters.checking.admitting import Answer
from thecal_adapters.checking.amounts import WINDOWS, Amount, Figure
from thecal_adapters.checking.bridge import Bridge
from thecal_adapters.checking.changes import Change
from thecal_adapters.checking.check import Check, Forecast
from thecal_adapters.checking.delivering import Delivery
from thecal_adapters.checking.limits import Limit
from thecal_adapters.checking.mistakes import Mistake
from thecal_adapters.checking.reservoir import Lasting, Refill
from thecal_adapters.prescriptions import is_without_lockout

VERSION = 2
Object = dict[str, Any]


def describe(check: Check, statuses: Mapping[str, str], origin: str = "") -> Object:
    """The whole check; ``statuses`` says of pump and drugs whether they are examples, ``origin`` where it begins."""
    return {
        "version": VERSION,
        "title": check.order.title,
        "status": check.order.status,
        "statuses": dict(statuses),
        "origin": origin,
        "drugs": list(check.order.drugs),
        "is_admitted": check.refusal is None,
        "refusal": None if check.refusal is None else _describe_answer(check.refusal),
        "stop": None if check.stop is None else _describe_answer(check.stop),
        "is_without_lockout": is_without_lockout(check.order.prescription),
        "warning": None if check.warning is None else _describe_answer(check.warning),
        "answers": [_describe_answer(answer) for answer in check.answers],
        "mode": check.mode.name,
        "delivery": _describe_delivery(check.delivery),
        "changes": [_describe_change(change) for change in check.changes],
        "mistakes": [_describe_mistake(mistake) for mistake in check.mistakes],
        "forecast": None if check.forecast is None else _describe_forecast(check, check.forecast),
    }


def _describe_answer(answer: Answer) -> Object:
    return {"event": answer.event, "response": answer.response.name, "rule": answer.rule}


def _describe_delivery(delivery: Delivery) -> Object:
    return {
        "is_possible": delivery.is_possible,
        "slot_fg_min": delivery.slot_fg_min,
        "slot_fg_max": delivery.slot_fg_max,
        "pulse_fg": delivery.pulse_fg,
        "bolus_pulses": delivery.bolus_pulses,
        "bolus_lost_fg": delivery.bolus_lost_fg,
        "is_bolus_too_fast": delivery.is_bolus_too_fast,
        "spans": [
            {
                "from_slot": span.from_slot,
                "to_slot": span.to_slot,
                "slot_fg": span.slot_fg,
                "pulses": _describe_fraction(span.pulses),
                "is_too_small": span.is_too_small,
                "is_too_large": span.is_too_large,
            }
            for span in delivery.spans
        ],
    }


def _describe_fraction(number: Fraction) -> Sequence[int]:
    """Numerator and denominator: exact."""
    return [number.numerator, number.denominator]


def _describe_change(change: Change) -> Object:
    kind = None if change.kind is None else change.kind.name
    return {"name": change.name, "kind": kind, "before": change.before, "after": change.after}


def _describe_mistake(mistake: Mistake) -> Object:
    return {
        "name": mistake.slip.value,
        "response": mistake.response.name,
        "rule": mistake.rule,
        "is_refused": mistake.is_refused,
        "is_stopped": mistake.is_stopped,
        "change": _describe_change(mistake.change),
        "factor": _describe_fraction(mistake.factor),
    }


def _describe_forecast(check: Check, forecast: Forecast) -> Object:
    bounds = forecast.bounds
    return {
        "is_proved": bounds.is_proved,
        "reason": bounds.reason,
        "questions": [
            {"name": q.name, "statement": q.statement, "touches": list(q.touches), "verdict": q.verdict}
            for q in bounds.questions
        ],
        "amounts": [_describe_amount(check, amount) for amount in forecast.amounts],
        "limits": [_describe_limit(limit) for limit in check.limits],
        "alarms": [alarm.name for alarm in forecast.alarms],
        "lasting": _describe_lasting(forecast.lasting),
        "bridge": None if forecast.bridge is None else _describe_bridge(forecast.bridge),
    }


def _describe_amount(check: Check, amount: Amount) -> Object:
    return {
        "drug": check.order.drugs[amount.drug],
        "window": WINDOWS[amount.length_s],
        "has_boluses": amount.has_boluses,
        "is_crossing": amount.is_crossing,
        "cap_fg": amount.cap_fg,
        "most": _describe_figure(amount.most),
        "least": _describe_figure(amount.least),
    }


def _describe_figure(figure: Figure) -> Object:
    return {
        "is_exact": figure.is_exact,
        "bound_fg": figure.bound_fg,
        "grounds": figure.grounds.name,
        "reached_fg": figure.reached.amount_fg,
        "from_tick": figure.reached.from_tick,
        "to_tick": figure.reached.to_tick,
        "granted_ticks": [tick for tick in figure.reached.granted if tick <= figure.reached.to_tick],
        "gap_fg": figure.gap_fg,
    }


def _describe_limit(limit: Limit) -> Object:
    return {
        "drug": limit.drug,
        "name": limit.name,
        "limit_fg": limit.limit_fg,
        "most_fg": limit.most_fg,
        "source": limit.source,
        "certainty": limit.certainty,
    }


def _describe_lasting(lasting: Lasting) -> Object:
    return {
        "usable_nl": lasting.usable_nl,
        "is_warned": lasting.is_warned,
        "low_min_s": lasting.low_min_s,
        "low_max_s": lasting.low_max_s,
        "empty_min_s": lasting.empty_min_s,
        "empty_max_s": lasting.empty_max_s,
        "is_replayed": lasting.is_replayed,
        "refill_earliest": _describe_refill(lasting.refill_earliest),
        "refill_latest": _describe_refill(lasting.refill_latest),
    }


def _describe_refill(refill: Refill) -> Object:
    return {"due_s": refill.due_s, "reason": refill.reason.name}


def _describe_bridge(bridge: Bridge) -> Object:
    return {
        "volume_lo_nl": bridge.volume_lo_nl,
        "volume_hi_nl": bridge.volume_hi_nl,
        "old_fg_per_nl": list(bridge.old_fg_per_nl),
        "new_fg_per_nl": list(bridge.new_fg_per_nl),
        "is_over": bridge.is_over,
        "phases": [
            {
                "tip": phase.tip.name,
                "from_s": phase.from_s,
                "to_s": phase.to_s,
                "pulses": phase.pulses,
                "upper_fg": list(phase.upper_fg),
                "lower_fg": list(phase.lower_fg),
            }
            for phase in bridge.phases
        ],
    }
