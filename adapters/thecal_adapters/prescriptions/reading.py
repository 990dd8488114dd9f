# SPDX-License-Identifier: Apache-2.0
"""From the text of a prescription file to an order; the form is ``schemas/prescription.schema.json``."""

import tomllib
from pathlib import Path

from thecal.limits import BOLUS_DURATION_S_MAX, LOCKOUT_S_MAX
from thecal.prescription import Overrides, Prescription, is_well_formed
from thecal.units import DRUG_COUNT, PATIENT_BOLUS_COUNT_MAX, Slots
from thecal_adapters.doses import Kind
from thecal_adapters.files import read_text
from thecal_adapters.library import Kind as LibraryKind
from thecal_adapters.library import list_names
from thecal_adapters.prescriptions.basal import read_slots
from thecal_adapters.prescriptions.order import Filling, Order, Tubing
from thecal_adapters.prescriptions.places import find_line, find_line_given_up, is_deeper, is_huge, tell_key
from thecal_adapters.prescriptions.table import Misread, Table

SUFFIX = ".prescription.toml"
VERSION = 1
TEXT_LENGTH_MAX = 16_384  # three times a step for every half hour, each with a comment
DEPTH_MAX = 4
OVERRIDES = ("day_limit", "concentration", "increase", "decrease", "plausibility")
TOO_DEEP = "is nested deeper than anything in a prescription; tables and lists in tables are expected, no more"
TOO_LARGE = "holds a number of more than 64 bits, and none in a prescription is as large"
STATUSES = {"example": "example, needs verification", "as-ordered": "as ordered"}


def load_order(file: Path) -> Order:
    """The order in a file, ``Misread`` with the line, or ``Refused`` where the file cannot be read."""
    if not file.name.endswith(SUFFIX):
        raise Misread(str(file), 1, "", f"the name of a prescription file ends in {SUFFIX}")
    return read_order(read_text(file), str(file))


def read_order(text: str, file: str) -> Order:
    """The order that a text says, or ``Misread``; ``file`` is what the text is called in an error."""
    if len(text) > TEXT_LENGTH_MAX:
        raise Misread(file, 1, "", f"a prescription of at most {TEXT_LENGTH_MAX} characters is expected")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misread(file, _find_error_line(text, error), "", f"is no TOML: {error}") from None
    except RecursionError:
        raise Misread(file, find_line_given_up(text), "", TOO_DEEP) from None
    except ValueError:
        raise Misread(file, find_line_given_up(text), "", TOO_LARGE) from None
    for is_wrong, reason in ((lambda value: is_deeper(value, DEPTH_MAX - 1), TOO_DEEP), (is_huge, TOO_LARGE)):
        key = next((key for key, value in values.items() if is_wrong(value)), None)
        if key is not None:
            raise Misread(file, find_line(text, (key,)), tell_key((key,)), reason)
    return _read(Table(file, text, (), values))


def _find_error_line(text: str, error: tomllib.TOMLDecodeError) -> int:
    told = str(error).rpartition("(at line ")[2].partition(",")[0]
    return int(told) if told.isdecimal() else len(text.splitlines())


def _read(whole: Table) -> Order:
    whole.expect_keys(
        ("version", "title", "status", "pump", "drugs", "basal", "caps", "alarm"),
        ("reservoir", "path", "patient_bolus", "overrides"),
    )
    whole.count("version", VERSION, VERSION)
    drugs = _read_drugs(whole)
    reasons = _read_reasons(whole)
    pumps = list_names(LibraryKind.PUMP)
    status = whole.checked("status", STATUSES.__contains__, f"one of {', '.join(STATUSES)} is expected")
    return Order(
        title=whole.words("title"),
        status=STATUSES[status],
        pump=whole.checked("pump", pumps.__contains__, f"one of {', '.join(pumps)} is expected"),
        drugs=drugs,
        prescription=_read_prescription(whole, drugs),
        overrides=Overrides(**{f"is_{name}": name in reasons for name in OVERRIDES}),
        reasons=reasons,
        filling=_read_filling(whole, drugs),
        tubing=_read_tubing(whole),
    )


def _read_drugs(whole: Table) -> tuple[str, ...]:
    raw = whole.values["drugs"]
    known = list_names(LibraryKind.DRUG)
    if not isinstance(raw, list) or not 1 <= len(raw) <= DRUG_COUNT:
        whole.refuse(f"{raw!r}: a list of 1 to {DRUG_COUNT} drugs is expected", "drugs")
    for name in raw:
        if name not in known:
            whole.refuse(f"{name!r}: one of {', '.join(known)} is expected", "drugs")
        if raw.count(name) > 1:
            whole.refuse(f"{name!r}: stands twice, and each drug is expected once", "drugs")
    return tuple(raw)


def _read_reasons(whole: Table) -> dict[str, str]:
    if not whole.has("overrides"):
        return {}
    table = whole.table("overrides")
    table.expect_keys((), OVERRIDES)
    return {name: table.words(name) for name in table.values}


def _read_prescription(whole: Table, drugs: tuple[str, ...]) -> Prescription:
    caps = whole.table("caps")
    caps.expect_keys(("day", "hour"))
    alarm = whole.table("alarm")
    alarm.expect_keys(("low_reservoir",))
    bolus_fg, duration_s, lockout_s, count_max = _read_bolus(whole)
    prescription = Prescription(
        slots_fg=_read_basal(whole),
        bolus_fg=bolus_fg,
        bolus_duration_s=duration_s,
        lockout_s=lockout_s,
        bolus_count_max=count_max,
        cap_day_fg=caps.by_drug("day", drugs, Kind.DAY_DOSE, DRUG_COUNT),
        cap_hour_fg=caps.by_drug("hour", drugs, Kind.HOUR_DOSE, DRUG_COUNT),
        low_reservoir_nl=alarm.amount("low_reservoir", Kind.VOLUME),
    )
    if not is_well_formed(prescription):
        whole.refuse("the numbers go beyond the kernel's limits", "basal")
    return prescription


def _read_basal(whole: Table) -> Slots:
    return read_slots(whole.table("basal"))


def _read_bolus(whole: Table) -> tuple[int, int, int, int]:
    if not whole.has("patient_bolus"):
        return 0, 1, 0, 0
    table = whole.table("patient_bolus")
    table.expect_keys(("mass", "duration", "lockout", "count_in_24_h_max"))
    mass_fg = table.amount("mass", Kind.MASS)
    if mass_fg == 0:
        table.refuse(f"{table.values['mass']!r}: more than nothing is expected; leave [patient_bolus] out", "mass")
    return (
        mass_fg,
        _read_duration(table, "duration", 1, BOLUS_DURATION_S_MAX),
        _read_duration(table, "lockout", 0, LOCKOUT_S_MAX),
        table.count("count_in_24_h_max", 1, PATIENT_BOLUS_COUNT_MAX),
    )


def _read_duration(table: Table, name: str, lowest_s: int, highest_s: int) -> int:
    found_s = table.amount(name, Kind.DURATION)
    if not lowest_s <= found_s <= highest_s:
        table.refuse(f"{table.values[name]!r}: {lowest_s} s to {highest_s // 3_600} h are expected", name)
    return found_s


def _read_filling(whole: Table, drugs: tuple[str, ...]) -> Filling | None:
    if not whole.has("reservoir"):
        return None
    table = whole.table("reservoir")
    table.expect_keys(("volume", "concentration"), ("is_rinsed",))
    return Filling(
        volume_nl=table.amount("volume", Kind.VOLUME),
        concentrations_fg_per_nl=table.by_drug("concentration", drugs, Kind.CONCENTRATION, DRUG_COUNT),
        is_rinsed=table.flag("is_rinsed", default=False),
    )


def _read_tubing(whole: Table) -> Tubing | None:
    if not whole.has("path"):
        return None
    table = whole.table("path")
    table.expect_keys(("volume_min", "volume_max", "holds"))
    holds = table.checked(
        "holds", ("reservoir", "no drug").__contains__, "what the path holds is expected: 'reservoir' or 'no drug'"
    )
    lo_nl, hi_nl = table.amount("volume_min", Kind.VOLUME), table.amount("volume_max", Kind.VOLUME)
    if lo_nl > hi_nl:
        table.refuse(f"{table.values['volume_min']!r}: at most volume_max is expected", "volume_min")
    return Tubing(lo_nl, hi_nl, holds == "reservoir")
