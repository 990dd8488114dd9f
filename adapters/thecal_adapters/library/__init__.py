# SPDX-License-Identifier: Apache-2.0
"""Pump models and drugs as data: each number with its source and how sure it is; read in full or refused.

The shipped files are examples: each says ``status = "example"`` and needs verification before any use. A site's own
file says ``status = "site-approved"`` and who approved it, when, and from which source.

``[limits]`` holds exactly the fields of the kernel's record, no more and no fewer. ``[facts]`` holds figures of the
domain that no field of the kernel reads.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files
from importlib.resources.abc import Traversable

from thecal.boundary import Refusal, admit_config
from thecal.limits import Config, DrugLimits, PumpModel, SafeState
from thecal.units import DRUG_COUNT, YEAR_S
from thecal_adapters.codec import Decoder, Json, Refused, encode, expect_keys, expect_object, expect_text


class Kind(Enum):
    """What a file describes; also the folder that it stands in."""

    PUMP = "pumps"
    DRUG = "drugs"


class Certainty(Enum):
    """How sure a number is, by the marks of the hazard texts."""

    SEEN = "V"
    DERIVED = "D"
    RECALLED_WITH_HIGH_CERTAINTY = "M-h"
    RECALLED_WITH_MEDIUM_CERTAINTY = "M-m"
    RECALLED_WITH_LOW_CERTAINTY = "M-l"
    DECIDED_HERE = "P"


@dataclass(frozen=True)
class Figure:
    """One number, flag or name, where it is from and how sure it is."""

    value: object
    source: str
    certainty: Certainty


@dataclass(frozen=True)
class Approval:
    """Who answers for a file at a site."""

    who: str
    when: str
    source: str


@dataclass(frozen=True)
class Entry:
    """One file. Without an approval it is an example and needs verification."""

    kind: Kind
    name: str
    approval: Approval | None
    limits: Mapping[str, Figure]
    facts: Mapping[str, Figure]

    @property
    def status(self) -> str:
        """What must be said wherever the entry is used."""
        if self.approval is None:
            return "example, needs verification"
        return f"approved by {self.approval.who} on {self.approval.when} from {self.approval.source}"


def list_names(kind: Kind) -> list[str]:
    """The names of the shipped entries of a kind."""
    return sorted(file.name.removesuffix(".toml") for file in _folder(kind).iterdir() if file.name.endswith(".toml"))


def find_entry(kind: Kind, name: str) -> Entry:
    """A shipped entry by its name, or a refusal that lists the names."""
    if name not in list_names(kind):
        raise Refused(f"library/{kind.value}", f"{name!r} is none of {', '.join(list_names(kind))}")
    text = (_folder(kind) / f"{name}.toml").read_text(encoding="utf-8")
    entry = read_entry(kind, text, f"library/{kind.value}/{name}.toml")
    if entry.name != name:
        raise Refused(f"library/{kind.value}/{name}.toml", f"it names itself {entry.name!r}")
    return entry


def _folder(kind: Kind) -> Traversable:
    return files("thecal_adapters") / "library" / kind.value


def read_entry(kind: Kind, text: str, path: str) -> Entry:
    """An entry from its text, or a refusal that names the place."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(path, f"is no TOML: {error}") from None
    expect_keys(table, path, ("name", "status", "limits"), ("approval", "facts"))
    entry = Entry(
        kind=kind,
        name=expect_text(table["name"], f"{path}: name"),
        approval=_read_approval(table, path),
        limits=_read_figures(table["limits"], f"{path}: limits"),
        facts=_read_figures(table.get("facts", {}), f"{path}: facts"),
    )
    _ = decode_pump(entry) if kind is Kind.PUMP else decode_drug(entry)
    return entry


def _read_approval(table: Json, path: str) -> Approval | None:
    status = expect_text(table["status"], f"{path}: status")
    if status == "example":
        if "approval" in table:
            raise Refused(f"{path}: approval", "an example is approved by nobody")
        return None
    if status != "site-approved":
        raise Refused(f"{path}: status", f"{status!r} is neither 'example' nor 'site-approved'")
    approval = expect_object(table.get("approval"), f"{path}: approval")
    expect_keys(approval, f"{path}: approval", ("who", "when", "source"))
    return Approval(**{key: _expect_words(approval[key], f"{path}: approval.{key}") for key in approval})


def _read_figures(raw: object, path: str) -> dict[str, Figure]:
    return {name: _read_figure(figure, f"{path}.{name}") for name, figure in expect_object(raw, path).items()}


def _read_figure(raw: object, path: str) -> Figure:
    table = expect_object(raw, path)
    expect_keys(table, path, ("value", "source", "certainty"))
    mark = expect_text(table["certainty"], f"{path}.certainty")
    if mark not in [certainty.value for certainty in Certainty]:
        raise Refused(f"{path}.certainty", f"{mark!r} is none of {', '.join(c.value for c in Certainty)}")
    return Figure(table["value"], _expect_words(table["source"], f"{path}.source"), Certainty(mark))


def _expect_words(raw: object, path: str) -> str:
    text = expect_text(raw, path)
    if not text.strip():
        raise Refused(path, "is empty")
    return text


def decode_pump(entry: Entry) -> PumpModel:
    """The kernel's record of a pump."""
    return Decoder().decode(PumpModel, _values_of(entry), f"{entry.name}: limits")


def decode_drug(entry: Entry) -> DrugLimits:
    """The kernel's record of a drug: that it has a file is what lists it."""
    return Decoder().decode(DrugLimits, {**_values_of(entry), "is_listed": True}, f"{entry.name}: limits")


def _values_of(entry: Entry) -> dict[str, object]:
    if "is_listed" in entry.limits:
        raise Refused(f"{entry.name}: limits.is_listed", "a drug is listed by having a file")
    return {name: figure.value for name, figure in entry.limits.items()}


# An unused place of the drug table, as the kernel accepts it: nothing is allowed, and nothing hurries.
UNLISTED = DrugLimits(
    is_listed=False,
    concentration_fg_per_nl_max=0,
    day_fg_max=0,
    hour_fg_max=0,
    bolus_fg_max=0,
    is_patient_bolus_allowed=False,
    concentration_fg_per_nl_soft=0,
    day_fg_soft=0,
    titration_permille=0,
    titration_days=0,
    has_withdrawal=False,
    plausible_factor=1,
    safe_state=SafeState.STOP,
    off_therapy_s_max=YEAR_S,
    stability_s=YEAR_S,
    shortfall_permille_max=0,
)


def make_config(pump_name: str, pump: PumpModel, drugs: Sequence[tuple[str, DrugLimits]], path: str) -> Config:
    """The configuration of a pump and up to four drugs, the first of which drives the rate; or a refusal."""
    if not 1 <= len(drugs) <= DRUG_COUNT:
        raise Refused(path, f"1 to {DRUG_COUNT} drugs are expected, not {len(drugs)}")
    names = [name for name, _ in drugs]
    if len(set(names)) != len(names):
        raise Refused(path, "a drug stands twice")
    table = tuple(limits for _, limits in drugs) + (UNLISTED,) * (DRUG_COUNT - len(drugs))
    digest = compute_digest([pump_name, encode(pump), names, encode(table)])
    admitted = admit_config(Config(digest=digest, pump=pump, library=table))
    if isinstance(admitted, Refusal):
        raise Refused(path, f"{admitted.path}: {admitted.reason.name}")
    return admitted


def compute_digest(content: object) -> int:
    """A number of 63 bits that names a content: the same for the same content, else another."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


def load_config(pump: str, drugs: Sequence[str]) -> Config:
    """The configuration of a shipped pump and shipped drugs."""
    model = decode_pump(find_entry(Kind.PUMP, pump))
    limits = [(name, decode_drug(find_entry(Kind.DRUG, name))) for name in drugs]
    return make_config(pump, model, limits, "config")
