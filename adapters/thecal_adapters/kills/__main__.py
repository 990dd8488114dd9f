# SPDX-License-Identifier: Apache-2.0
"""The campaign: python -m thecal_adapters.kills --seed 1 --count 2000

Each child is ended by SIGKILL, half of them by themselves at a numbered place, half by their parent after a random
delay. With ``--numbered`` all end themselves: the same seed then kills at the same places on every machine. Every pulse
that moved must have been authorised before, and move once; and no more basal may be lacking than a pulse for each kill,
beside what fell due while nothing ran. A kill loses no write that the system has taken, so this says nothing of a loss
of power: that is the duty ASM-30.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from thecal_adapters.codec import write
from thecal_adapters.exits import Exit
from thecal_adapters.journal.journal import find_head
from thecal_adapters.journal.verification import verify
from thecal_adapters.kills.judge import Judge, count_events
from thecal_adapters.kills.life import KEY, Shared, live, make_config, prepare
from thecal_adapters.runner import Runner

BEGIN_MS = 1_700_000_000_000
DOWN_MS_MAX = 20_000
LIFE_S_MAX = 0.15
PLACES_MAX = 120


def campaign(
    folder: Path, seed: int, count: int, runner_kind: type[Runner] = Runner, *, is_numbered: bool = False
) -> dict[str, Any]:
    """Kill so many times; return what was found."""
    rng, shared, config = Random(seed), Shared(), make_config()
    shared.utc_ms = BEGIN_MS
    judge, places, down_ms = Judge(folder), Counter[str](), 0
    prepare(folder, config, shared)
    for kill in range(1, count + 1):
        is_own = is_numbered or kill % 2 == 0
        shared.left = rng.randrange(PLACES_MAX) if is_own else -1
        pause_s = 30.0 if is_own else rng.random() * LIFE_S_MAX
        child = os.fork()
        if child == 0:
            try:
                live(folder, config, shared, runner_kind)
            finally:
                os._exit(1)
        end_child(child, pause_s, is_own)
        places[f"{'at' if is_own else 'found'} {shared.place}"] += 1
        judge.look(kill)
        gap_ms = rng.randrange(DOWN_MS_MAX)
        down_ms += gap_ms
        shared.utc_ms += gap_ms
    return conclude(judge, seed, count, places, shared.utc_ms - BEGIN_MS, down_ms)


def end_child(child: int, pause_s: float, is_own: bool) -> None:
    """Kill a child after a while, or wait until it has killed itself; whatever else ends it is an error."""
    until = time.monotonic() + pause_s
    while not is_own and time.monotonic() < until:
        time.sleep(min(0.001, pause_s))
    if not is_own:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        raise RuntimeError(f"a child ended by itself, with status {status}")


def conclude(judge: Judge, seed: int, count: int, places: Counter[str], passed_ms: int, down_ms: int) -> dict[str, Any]:
    """The campaign in numbers."""
    lacking = judge.compute_lacking(passed_ms - down_ms)
    if lacking > count + 1:
        judge.violations.append(f"{lacking:.1f} pulses are lacking after {count} kills")
    found = verify(judge.folder / "journal", find_head(judge.folder / "journal"), KEY, is_replayed=True)
    if found.place:
        judge.violations.append(f"the journal is broken: {found.place}: {found.reason}")
    events = dict(sorted(count_events(judge.folder)))
    return {
        "seed": seed,
        "kills": count,
        "places": dict(sorted(places.items())),
        "virtual_hours": round(passed_ms / 3_600_000, 1),
        "entries": judge.last_number,
        "stepped_again": found.replayed,
        "events": events,
        "authorised": len(judge.authorised),
        "basal_moved": judge.basal,
        "basal_lacking": round(lacking, 1),
        "lacking_allowed": count + 1,
        "violations": judge.violations,
    }


def main(words: Sequence[str] | None = None, runner_kind: type[Runner] = Runner) -> Exit:
    """Read the options, run the campaign, tell what was found."""
    options = argparse.ArgumentParser(prog="python -m thecal_adapters.kills", description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--numbered", action="store_true", help="kill at numbered places alone")
    asked = options.parse_args(words)
    if asked.count < 1:
        options.error("--count: at least 1, for a campaign without a kill shows nothing")
    if not hasattr(os, "fork"):
        print("thecal: this needs a system with fork", file=sys.stderr)
        return Exit.UNDECIDED
    with tempfile.TemporaryDirectory() as folder:
        found = campaign(Path(folder), asked.seed, asked.count, runner_kind, is_numbered=asked.numbered)
    sys.stdout.write(write(found))
    return Exit.FINDING if found["violations"] else Exit.AS_ASKED


if __name__ == "__main__":
    sys.exit(main())
