# SPDX-License-Identifier: Apache-2.0
"""Where a check begins: a pump as it leaves the box, one that has run another order for a while, or a stored state."""

from contextlib import closing
from pathlib import Path

from thecal.integrity import is_intact
from thecal.limits import Config
from thecal.state import State, initial_state
from thecal.units import DAY_S, TITRATION_LENGTH
from thecal_adapters.checking.admitting import admit
from thecal_adapters.checking.tracing import run
from thecal_adapters.codec import Decoder, Refused, expect_object, parse
from thecal_adapters.files import read_text, tell_wrong
from thecal_adapters.journal.canonical import unpack
from thecal_adapters.journal.recovery import check_digest, step_again
from thecal_adapters.journal.tables import (
    fetch_checkpoint,
    fetch_checkpoint_numbers,
    fetch_entries,
    fetch_header,
    open_for_reading,
)
from thecal_adapters.prescriptions import Order

# Long enough that every day which titration looks back on was one of this program.
RUNNING_S = (TITRATION_LENGTH + 1) * DAY_S
JOURNAL_MARK = b"SQLite format 3\0"


def make_running_state(config: Config, order: Order) -> State:
    """A pump on which an order has run for nine days, without a bolus; or a refusal."""
    admitted = admit(config, initial_state(config), order)
    if admitted.refusal is not None:
        raise Refused(order.title, f"cannot have been running: {admitted.refusal.response.name}")
    return run(config, admitted.state, RUNNING_S).state


def read_state(config: Config, text: str, path: str) -> State:
    """A state that was written as JSON, alone or under ``state``, and is intact under the configuration."""
    table = expect_object(parse(text, path), path)
    state = Decoder().decode(State, table.get("state", table), f"{path}: state")
    if state.config_digest != config.digest:
        raise Refused(path, "is the state of another pump or library than that of the prescription")
    if not is_intact(config, state):
        raise Refused(path, "is no state that the kernel has left: it fails the kernel's own check when it is loaded")
    return state


def load_state(config: Config, file: Path) -> State:
    """The state in a file: JSON, or the last one of a journal; or a refusal."""
    try:
        with file.open("rb") as opened:
            is_journal = opened.read(len(JOURNAL_MARK)) == JOURNAL_MARK
        if not is_journal:
            return read_state(config, read_text(file), str(file))
    except OSError as error:
        raise Refused(str(file), tell_wrong(error)) from None
    state = _read_last_state(config, file)
    if not is_intact(config, state):
        raise Refused(str(file), "ends with a state that fails the kernel's own check")
    return state


def _read_last_state(config: Config, file: Path) -> State:
    """The last state, its events stepped again from the last whole one; that no entry is missing is not looked at."""
    with closing(open_for_reading(file)) as tables:
        if fetch_header(tables).config.digest != config.digest:
            raise Refused(str(file), "is the journal of another pump or library than that of the prescription")
        first = max(fetch_checkpoint_numbers(tables), default=0)
        if first == 0:
            raise Refused(str(file), "holds no state yet")
        state = unpack(State, fetch_checkpoint(tables, first), f"checkpoint {first}")
        for entry, _, _ in fetch_entries(tables, first):
            if entry.number > first:
                state = step_again(config, state, entry)
            check_digest(entry, state)
    return state
