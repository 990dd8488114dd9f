# SPDX-License-Identifier: Apache-2.0
"""What a journal holds, and the chain of hashes that binds each entry to all before it.

The chain of an entry is SHA-256 over the chain before it and the entry's canonical text: a JSON list of its fields in
the order in which they are declared, in ASCII, without blanks. The chain of the header stands before the first entry.
Each chain is sealed with the key, so that nobody without it can add an entry either.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, fields

from thecal.limits import Config
from thecal.outcome import Response
from thecal_adapters.codec import (
    Decoder,
    Refused,
    encode,
    expect_integer,
    expect_keys,
    expect_list,
    expect_object,
    expect_text,
    parse,
)
from thecal_adapters.journal.canonical import compute_image_digest
from thecal_adapters.journal.head import read_doubt
from thecal_adapters.ports import Record, Role

FORM = 1  # of the tables, the canonical texts and the head


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose pump this is. ``patient`` is a pseudonym, ``status`` what must be said of the library wherever it is used.

    ``drugs`` names the places of the drug table that are in use.
    """

    patient: str
    pump: str
    drugs: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class Header:
    """What is the same for every entry of a file.

    ``predecessor`` is empty, or says after which damaged journal this one begins.
    """

    form: int
    kernel: str
    subject: Subject
    config: Config
    first_number: int
    predecessor: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as it is stored. ``pulse`` is JSON, null where none was ordered; ``uncertainty_ms`` -1 for unknown."""

    number: int
    tick: int
    missed_s: int
    utc_ms: int
    uncertainty_ms: int
    actor: str
    role: int
    session: str
    request_id: str
    drug_lot: str
    library: int
    kind: str
    event: str
    response: int
    pulse: str
    alarm: str
    lost_s: int
    state_sha256: str


_HEADER_TEXTS = ("kernel", "patient", "pump", "status", "predecessor")
ENTRY_FIELDS = tuple(each.name for each in fields(Entry))


def write_compact(value: object) -> str:
    """JSON text in its canonical form."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def make_entry(record: Record) -> Entry:
    """What is stored of a record."""
    stamp, shown, pulse = record.stamp, record.shown, record.pulse
    return Entry(
        number=record.number,
        tick=record.state.tick,
        missed_s=record.state.device.missed_s,
        utc_ms=stamp.utc_ms,
        uncertainty_ms=read_doubt(stamp),
        actor=record.actor,
        role=int(record.role),
        session=record.session,
        request_id=record.request_id,
        drug_lot=record.drug_lot,
        library=record.state.config_digest,
        kind=type(record.event).__name__,
        event=write_compact(encode(record.event)),
        response=int(record.response),
        pulse=write_compact(encode(pulse) if pulse.is_ordered else None),
        alarm=shown.alarm.name if shown.is_active else "",
        lost_s=record.lost_s,
        state_sha256=compute_image_digest(record.state).hex(),
    )


def list_values(entry: Entry) -> tuple[object, ...]:
    """The values of an entry in the order of its fields."""
    return tuple(getattr(entry, name) for name in ENTRY_FIELDS)


def compute_chain(before: bytes, entry: Entry) -> bytes:
    """The chain of an entry after the chain of the one before."""
    return hashlib.sha256(before + write_compact(list_values(entry)).encode("ascii")).digest()


def write_header(header: Header) -> str:
    """The canonical text of a header."""
    subject = header.subject
    content = {
        "form": header.form,
        "kernel": header.kernel,
        "patient": subject.patient,
        "pump": subject.pump,
        "drugs": list(subject.drugs),
        "status": subject.status,
        "config": encode(header.config),
        "first_number": header.first_number,
        "predecessor": header.predecessor,
    }
    return write_compact(content)


def read_header(text: str, path: str) -> Header:
    """The header from its text, or a refusal."""
    raw = expect_object(parse(text, path), path)
    if raw.get("form") != FORM:
        raise Refused(f"{path}.form", f"{raw.get('form')!r} is another form than {FORM}, which this version reads")
    expect_keys(raw, path, ("form", *_HEADER_TEXTS, "drugs", "config", "first_number"))
    texts = {key: expect_text(raw[key], f"{path}.{key}") for key in _HEADER_TEXTS}
    drugs = tuple(expect_text(drug, f"{path}.drugs") for drug in expect_list(raw["drugs"], f"{path}.drugs"))
    return Header(
        form=FORM,
        kernel=texts["kernel"],
        subject=Subject(texts["patient"], texts["pump"], drugs, texts["status"]),
        config=Decoder().decode(Config, raw["config"], f"{path}.config"),
        first_number=expect_integer(raw["first_number"], f"{path}.first_number", 1),
        predecessor=texts["predecessor"],
    )


def compute_header_chain(header: Header) -> bytes:
    """The chain that stands before the first entry."""
    return hashlib.sha256(write_header(header).encode("ascii")).digest()


def compute_seal(chain: bytes, key: bytes) -> bytes:
    """HMAC-SHA256 of a chain."""
    return hmac.new(key, b"thecal entry 1" + chain, hashlib.sha256).digest()


def read_response(entry: Entry) -> Response:
    """The kernel's answer, or a refusal if it is none of the closed list."""
    if entry.response not in set(Response):
        raise Refused(f"entry {entry.number}.response", f"{entry.response} is no response")
    return Response(entry.response)


def read_role(entry: Entry) -> Role:
    """In whose name, or a refusal."""
    if entry.role not in set(Role):
        raise Refused(f"entry {entry.number}.role", f"{entry.role} is no role")
    return Role(entry.role)
