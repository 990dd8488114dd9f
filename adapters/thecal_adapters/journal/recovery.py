# SPDX-License-Identifier: Apache-2.0
"""From a stored journal to the state that it ends with, exact or not at all.

The last whole state is read, and the events after it are stepped again: the kernel is pure, so every state in between
must have the digest that was recorded. What is proved of the end is said apart from what is read of it.
"""

import sqlite3
from dataclasses import dataclass, replace

from thecal.limits import Config
from thecal.state import State
from thecal.step import step
from thecal_adapters.codec import Decoder, Refused, parse
from thecal_adapters.journal.canonical import compute_image_digest, unpack
from thecal_adapters.journal.entries import (
    Entry,
    Header,
    compute_chain,
    compute_header_chain,
    compute_seal,
)
from thecal_adapters.journal.head import Head, make_stamp
from thecal_adapters.journal.tables import (
    fetch_chain,
    fetch_checkpoint,
    fetch_checkpoint_numbers,
    fetch_entries,
    fetch_header,
    fetch_last_number,
)
from thecal_adapters.ports import NOTHING_STORED, Stored


@dataclass(frozen=True, slots=True)
class Recovered:
    """What is stored, the chain to go on from, and whether all of it is proved to be the last."""

    stored: Stored
    chain: bytes


def recover(tables: sqlite3.Connection, config: Config, key: bytes, heads: list[Head]) -> Recovered:
    """The end of a journal; ``Refused`` if it is damaged or cut, with the place.

    ``Stored.is_last_state`` if a sealed head proves that the end is the end; without any head it is only believed.
    """
    header = fetch_header(tables)
    number = fetch_last_number(tables)
    refuse_if_cut(header.first_number - 1 if number is None else number, heads)
    if number is None:
        stored = begin_after_damage(header.first_number - 1, heads) if header.predecessor else NOTHING_STORED
        return Recovered(stored, compute_header_chain(header))
    state, last, chains = replay_end(tables, header, config, key)
    is_proved = bool(heads) and heads[0].chain == chains.get(heads[0].number)
    if heads and not is_proved:
        raise Refused(f"entry {heads[0].number}", "is not the one that the head has sealed")
    stored = Stored(
        number=number,
        state=state,
        capsule=heads[0].capsule if heads else None,
        is_last_state=is_proved,
        stamp=make_stamp(last.utc_ms, last.uncertainty_ms),
        sequence=find_sequence(tables),
        drug_lot=last.drug_lot,
        lost_s=last.lost_s,
    )
    return Recovered(stored, chains[number])


def begin_after_damage(number: int, heads: list[Head], sequence: int = 0) -> Stored:
    """What is left when a journal is lost: the capsule, if its head is whole, and no proof of anything."""
    if not heads:
        return replace(NOTHING_STORED, number=number, is_last_state=False, sequence=sequence)
    head = heads[0]
    return Stored(
        number=number,
        state=None,
        capsule=head.capsule,
        is_last_state=False,
        stamp=head.stamp,
        sequence=max(sequence, head.sequence),
        drug_lot="",
        lost_s=0,
    )


def refuse_if_cut(number: int, heads: list[Head]) -> None:
    """Refuse a journal that ends before its head says."""
    if heads and heads[0].number > number:
        raise Refused(f"entry {number}", f"is the last, but the head has sealed {heads[0].number}: entries are missing")


def replay_end(
    tables: sqlite3.Connection, header: Header, config: Config, key: bytes
) -> tuple[State, Entry, dict[int, bytes]]:
    """The last state and entry, and the chains of the last two entries, all of them checked."""
    first = max(fetch_checkpoint_numbers(tables), default=0)
    if first == 0:
        raise Refused("checkpoints", "are missing")
    state = unpack(State, fetch_checkpoint(tables, first), f"checkpoint {first}")
    before = compute_header_chain(header) if first == header.first_number else fetch_chain(tables, first - 1)
    if before is None:
        raise Refused(f"entry {first - 1}", "is missing")
    chains = {first - 1: before}
    last: Entry | None = None
    for expected, (entry, chain, seal) in enumerate(fetch_entries(tables, first), start=first):
        check_links(expected, entry, chain, seal, chains[expected - 1], key)
        if entry.number > first:
            state = step_again(config, state, entry)
        check_digest(entry, state)
        chains = {expected - 1: chains[expected - 1], expected: chain}
        last = entry
    if last is None:
        raise Refused(f"entry {first}", "is missing")
    return state, last, chains


def check_links(expected: int, entry: Entry, chain: bytes, seal: bytes, before: bytes, key: bytes | None) -> None:
    """Refuse an entry that is not the next, or not as it was written; seals only where there is a key."""
    if entry.number != expected:
        raise Refused(f"entry {expected}", "is missing")
    if compute_chain(before, entry) != chain:
        raise Refused(f"entry {expected}", "was changed, or one before it was: its hash does not follow")
    if key is not None and compute_seal(chain, key) != seal:
        raise Refused(f"entry {expected}", "is not sealed with this key")


def check_digest(entry: Entry, state: State) -> None:
    """Refuse a state that is not the one which was recorded."""
    if compute_image_digest(state).hex() != entry.state_sha256:
        raise Refused(f"entry {entry.number}", "does not lead to the state that was recorded")


def step_again(config: Config, state: State, entry: Entry) -> State:
    """The state after an entry, as the kernel that is installed now makes it."""
    path = f"entry {entry.number}.event"
    event = Decoder().decode_event(entry.kind, parse(entry.event, path), path)
    return step(config, state, event).state


def find_sequence(tables: sqlite3.Connection) -> int:
    """The last pulse that was ordered, in the driver's numbering; 0 if none was."""
    query = "SELECT pulse FROM entries WHERE pulse != 'null' ORDER BY number DESC LIMIT 1"
    row = tables.execute(query).fetchone()
    if row is None:
        return 0
    pulse = parse(row[0], "pulse")
    sequence = pulse.get("sequence") if isinstance(pulse, dict) else None
    if not isinstance(sequence, int):
        raise Refused("pulse", "has no sequence")
    return sequence
