# SPDX-License-Identifier: Apache-2.0
"""A check as lines of text, the verdict first; every amount reads back as the very same number."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from thecal.units import SLOT_COUNT
from thecal_adapters.checking.amounts import WINDOWS, Amount, Figure, Grounds
from thecal_adapters.checking.bridge import Bridge
from thecal_adapters.checking.changes import Change
from thecal_adapters.checking.check import Check, Forecast
from thecal_adapters.checking.delivering import Delivery, Span
from thecal_adapters.checking.mistakes import Mistake
from thecal_adapters.checking.reservoir import Lasting, Refill
from thecal_adapters.doses import Kind, tell, tell_change, tell_fraction, tell_percent
from thecal_adapters.prescriptions import is_without_lockout


def tell_check(check: Check, statuses: Mapping[str, str], origin: str = "") -> Iterator[str]:
    """The whole check, in the order in which a reader asks; ``origin`` says where it begins."""
    yield check.order.title
    yield f"{check.order.status}; " + "; ".join(f"{name}: {status}" for name, status in statuses.items())
    if origin:
        yield f"Checked from {origin}."
    yield from tell_verdict(check)
    if check.forecast is not None:
        yield from tell_amounts(check, check.forecast)
        yield from tell_lasting(check.forecast.lasting)
        if check.forecast.bridge is not None:
            yield from tell_bridge(check.forecast.bridge, check.order.drugs)
    yield from tell_delivery(check.delivery)
    yield from tell_changes(check.changes)
    yield from tell_mistakes(check)


def tell_verdict(check: Check) -> Iterator[str]:
    """Whether the kernel admits it, and what it says on the way."""
    if check.refusal is not None:
        rule = f" ({check.refusal.rule})" if check.refusal.rule else ""
        yield f"REFUSED by the kernel at {check.refusal.event}: {check.refusal.response.name}{rule}"
        yield "Nothing of the prescription would run. Change what the refusal names, and check again."
    elif check.forecast is None:
        yield f"Admitted by the kernel, but the pump would not deliver it: its mode would be {check.mode.name}."
        yield "Nothing is told of what it would bring. Resume it, and check from there."
    else:
        yield "Admitted by the kernel."
    if check.stop is not None:
        yield f"Delivery would stop with the fluid: {check.stop.response.name} ({check.stop.rule})."
    if is_without_lockout(check.order.prescription):
        yield "NO LOCKOUT: the next bolus may be asked for as soon as one has ended; only count and caps hold it back."
    if check.warning is not None:
        yield f"Warning about the refill: {check.warning.response.name} ({check.warning.rule}); once done it is a fact."
    for name, reason in check.order.reasons.items():
        yield f"Set aside on the record: {name}: {reason}"
    for alarm in check.forecast.alarms if check.forecast else ():
        yield f"Alarm to be expected: {alarm.name}"


def tell_amounts(check: Check, forecast: Forecast) -> Iterator[str]:
    """The most and the least, each exact or with its gap, and the share of every cap and published limit."""
    yield ""
    yield "The most and the least, from the confirmation on, if every pulse is done and only boluses are asked for:"
    for amount in forecast.amounts:
        yield f"  {_tell_window(check, amount)}"
        yield f"    most   {tell_figure(amount.most, 'at most')}; {_tell_share(amount.most.bound_fg, amount.cap_fg)}"
        yield f"    least  {tell_figure(amount.least, 'at least')}"
    yield "A window that reaches back before the confirmation holds at most the larger cap of both (OVR-01, OVR-02)."
    yield ""
    yield "Share of published limits, by the most that is possible:"
    for limit in check.limits:
        share = tell_percent(limit.most_fg, limit.limit_fg)
        source = f"{limit.source} [{limit.certainty}]" if limit.certainty else limit.source
        yield f"  {limit.drug}, {limit.name}, {tell(limit.limit_fg, Kind.MASS)}: {share}. {source}"
    yield ""
    yield from _tell_proof(forecast)


def _tell_window(check: Check, amount: Amount) -> str:
    boluses = "boluses used to the full" if amount.has_boluses else "no boluses"
    crossing = ", while the front of the new fluid passes" if amount.is_crossing else ""
    return f"{check.order.drugs[amount.drug]}, any {WINDOWS[amount.length_s]}, {boluses}{crossing}:"


def tell_figure(figure: Figure, word: str) -> str:
    """Exact where bound and trace meet; else both, and the gap."""
    reached = tell(figure.reached.amount_fg, Kind.MASS)
    if figure.is_exact:
        return f"exactly {reached}"
    gap = tell(figure.gap_fg, Kind.MASS)
    if figure.grounds is Grounds.NONE:
        return f"no bound is proved; reached {reached}"
    return f"{word} {tell(figure.bound_fg, Kind.MASS)}, reached {reached}, gap {gap}"


def _tell_share(most_fg: int, cap_fg: int) -> str:
    if cap_fg == 0:
        return "no cap"
    return f"{tell_percent(most_fg, cap_fg)} of the cap of {tell(cap_fg, Kind.MASS)}"


def _tell_proof(forecast: Forecast) -> Iterator[str]:
    grounds = {figure.grounds for amount in forecast.amounts for figure in (amount.most, amount.least)}
    yield "Bounds hold by:"
    for ground in Grounds:
        if ground in grounds:
            yield f"  {ground.value}"
    proved = sum(1 for question in forecast.bounds.questions if question.verdict == "proved")
    asked = len(forecast.bounds.questions)
    yield f"  {proved} of {asked} questions proved; what was reached was replayed in the kernel."
    if not forecast.bounds.is_proved:
        yield f"  NOT COUNTED: {forecast.bounds.reason}"


def tell_time(seconds: int) -> str:
    """A time from now as days, hours, minutes and seconds."""
    days, rest = divmod(seconds, 86_400)
    return f"day {days} {rest // 3_600:02}:{rest // 60 % 60:02}:{rest % 60:02}"


def tell_lasting(lasting: Lasting) -> Iterator[str]:
    """When the reservoir is low and empty, and by when it must be filled."""
    yield ""
    yield f"The reservoir holds {tell(lasting.usable_nl, Kind.VOLUME)} that can be used; from now:"
    for name, soonest_s, latest_s in (
        ("low-reservoir alarm", lasting.low_min_s, lasting.low_max_s),
        ("empty", lasting.empty_min_s, lasting.empty_max_s),
    ):
        if latest_s is None or soonest_s is None:
            yield f"  {name}: not known"
        elif soonest_s == latest_s:
            yield f"  {name}: {tell_time(latest_s)}"
        else:
            yield f"  {name}: {tell_time(latest_s)} without boluses; never before {tell_time(soonest_s)}"
    if not lasting.is_warned:
        yield "  NO WARNING: it is empty before it counts as low. Raise low_reservoir above what cannot be used."
    if lasting.is_replayed:
        yield "  The alarm was replayed to the second, from a state that was moved ahead to its last days."
    yield f"  refill due: {_tell_refill(lasting.refill_earliest)}"
    if lasting.refill_latest != lasting.refill_earliest:
        yield f"  refill due without boluses: {_tell_refill(lasting.refill_latest)}"


def _tell_refill(refill: Refill) -> str:
    return f"{tell_time(refill.due_s)}, because {refill.reason.value}"


def tell_bridge(bridge: Bridge, drugs: Sequence[str]) -> Iterator[str]:
    """What leaves the tip while the front is on its way."""
    yield ""
    volumes = f"{tell(bridge.volume_lo_nl, Kind.VOLUME)} to {tell(bridge.volume_hi_nl, Kind.VOLUME)}"
    yield f"Bridge, if no bolus is given, which would bring the new fluid sooner: {volumes} of the old one are ahead."
    for phase in bridge.phases:
        span = f"{tell_time(phase.from_s)} to {tell_time(phase.to_s)}"
        yield f"  {span}: {phase.tip.value}; {tell_fraction_of_pulses(phase.pulses)}"
        for drug, upper_fg, lower_fg in zip(drugs, phase.upper_fg, phase.lower_fg, strict=False):
            yield f"    {drug}: {tell(lower_fg, Kind.MASS)} to {tell(upper_fg, Kind.MASS)}"
    if not bridge.is_over:
        yield "  After that the front has not surely passed: the bridge takes longer than is looked at."


def tell_fraction_of_pulses(pulses: int) -> str:
    """A number of pulses."""
    return "1 pulse" if pulses == 1 else f"{pulses} pulses"


def tell_delivery(delivery: Delivery) -> Iterator[str]:
    """Whether every half hour can be given, and in how many pulses."""
    yield ""
    verdict = "all of it can be given" if delivery.is_possible else "NOT all of it can be given as ordered"
    limits = f"{tell(delivery.slot_fg_min, Kind.MASS)} to {tell(delivery.slot_fg_max, Kind.MASS)}"
    yield f"Delivery: {verdict}; the pump gives {limits} in half an hour, {tell(delivery.pulse_fg, Kind.MASS)} a pulse."
    for span in delivery.spans:
        yield f"  {tell_slot(span.from_slot)} to {tell_slot(span.to_slot)}: {_tell_span(span)}"
    if delivery.bolus_pulses or delivery.bolus_lost_fg:
        lost = f"; {tell(delivery.bolus_lost_fg, Kind.MASS)} of it are below a pulse and never given"
        yield f"  a bolus: {delivery.bolus_pulses} pulses{lost if delivery.bolus_lost_fg else ''}"
    if delivery.is_bolus_too_fast:
        yield "  TOO FAST: beside the fullest half hour a bolus takes longer than its duration. Give it more time."


def tell_slot(slot: int) -> str:
    """The time of day at which a half hour begins; the last one ends at 24:00."""
    return f"{slot // 2:02}:{slot % 2 * 30:02}" if slot < SLOT_COUNT else "24:00"


def _tell_span(span: Span) -> str:
    told = f"{tell(span.slot_fg, Kind.MASS)} each half hour, {tell_fraction(span.pulses)} pulses"
    flow = f"{tell_fraction(span.flow_nl_per_day / 1_000_000, 6)} mL/day"
    if span.pulses.denominator != 1:
        told += " (what is below a pulse is owed on, and lost nowhere)"
    fault = "; TOO LITTLE for the pump's lowest flow" if span.is_too_small else ""
    fault = "; TOO MUCH for the pump's fastest pulses" if span.is_too_large else fault
    return f"{told}, {flow}{fault}"


def tell_changes(changes: Sequence[Change]) -> Iterator[str]:
    """What changes, in numbers and per cent."""
    if not changes:
        return
    yield ""
    changed = [change for change in changes if change.is_changed]
    yield f"Changes against the current program: {len(changed)} of {len(changes)} settings."
    for change in changed:
        yield f"  {change.name}: {tell_setting(change, change.before)} to {tell_setting(change, change.after)}"
        if change.kind is not None and change.before > 0:
            by = tell_change(change.after - change.before, change.kind)
            yield f"    {by}, {tell_percent(change.after - change.before, change.before)}"


def tell_setting(change: Change, amount: int) -> str:
    """A setting's amount, in its unit if it has one."""
    return str(amount) if change.kind is None else tell(amount, change.kind)


def tell_mistakes(check: Check) -> Iterator[str]:
    """What slips would do, refused or not."""
    yield ""
    if check.refusal is not None:
        yield "Slips are not told: the order is refused as it stands, whatever else were wrong with it."
        return
    yield "If it were entered wrongly, and the kernel were asked:"
    for mistake in check.mistakes:
        yield f"  {mistake.slip.value}: {tell_mistake(mistake)}"
    if not all(mistake.is_refused for mistake in check.mistakes):
        yield "What is not refused no pump can see: a label, and a lockout, are read twice by people (ASM-11, ASM-19)."


def tell_mistake(mistake: Mistake) -> str:
    """The kernel's answer to a slip, and what it would change if it were not refused."""
    stop = "; delivery stops with the fluid, which is booked" if mistake.is_stopped else ""
    if mistake.is_refused:
        rule = f" ({mistake.rule})" if mistake.rule else ""
        return f"refused, {mistake.response.name}{rule}{stop}"
    change = mistake.change
    would = f"{change.name} would be {tell_setting(change, change.after)}, not {tell_setting(change, change.before)}"
    return f"NOT REFUSED: {would}; {_tell_factor(mistake.factor)} what is meant{stop}"


def _tell_factor(factor: Fraction) -> str:
    return (
        f"1/{factor.denominator} of"
        if factor.numerator == 1 != factor.denominator
        else f"{tell_fraction(factor)} times"
    )
