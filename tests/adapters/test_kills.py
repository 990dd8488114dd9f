# SPDX-License-Identifier: Apache-2.0
"""A runner that is killed at any instant moves nothing twice and nothing unauthorised; broken ones are found out.

The sample is small; the campaign is ``python -m thecal_adapters.kills --count 2000``.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from thecal_adapters.exits import Exit
from thecal_adapters.kills.__main__ import main

SOUND = "Flawed = Runner"
MOVES_FIRST = '''
class Flawed(Runner):
    """Moves, then records."""

    def _finish_unstored(self):
        if self._unstored is not None and self._unstored[1].pulse.is_ordered:
            pulse = self._unstored[1].pulse
            self._pump.move(pulse.sequence, pulse.volume_nl)
        super()._finish_unstored()
'''
SENDS_TWICE = '''
class Flawed(Runner):
    """Sends every order a second time, under a number of its own."""

    def _move(self, pulse):
        super()._move(pulse)
        self._pump.move(pulse.sequence + 1, pulse.volume_nl)
'''
SLEEPS_OVER_PULSES = '''
class Flawed(Runner):
    """Comes back after four pulses are due."""

    def run_once(self):
        super().run_once()
        return 400_000
'''


def run(flaw: str, seed: int, count: int, *options: str) -> tuple[Exit, dict[str, Any]]:
    code = (
        "import sys\nfrom thecal_adapters.runner import Runner\nfrom thecal_adapters.kills.__main__ import main\n"
        f"{flaw}\nsys.exit(main(sys.argv[1:], Flawed))\n"
    )
    words = [sys.executable, "-c", code, "--seed", str(seed), "--count", str(count), *options]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return Exit(done.returncode), json.loads(done.stdout)


def test_kills_at_numbered_places_move_nothing_twice_and_nothing_unauthorised() -> None:
    status, found = run(SOUND, 11, 24, "--numbered")
    assert status is Exit.AS_ASKED, found
    assert found["violations"] == []
    assert found["kills"] == 24
    assert found["stepped_again"] == found["entries"] > 100
    assert found["basal_moved"] > 20
    assert found["authorised"] > found["basal_moved"]
    assert found["events"]["PowerRestored"] >= 5
    assert -1 <= found["basal_lacking"] <= 25


def test_kills_by_the_clock_move_nothing_twice_and_nothing_unauthorised() -> None:
    status, found = run(SOUND, 11, 12)
    assert status is Exit.AS_ASKED, found
    assert found["violations"] == []
    assert sum(times for place, times in found["places"].items() if place.startswith("found ")) == 6


@pytest.mark.parametrize(
    ("flaw", "found_by"),
    [
        (MOVES_FIRST, "the journal does not know of it"),
        (SENDS_TWICE, "the journal does not know of it"),
        (SLEEPS_OVER_PULSES, "pulses are lacking"),
    ],
    ids=["moves-first", "sends-twice", "sleeps-over-pulses"],
)
def test_a_broken_runner_is_found_out(flaw: str, found_by: str) -> None:
    status, found = run(flaw, 12, 16, "--numbered")  # a kill by the clock may miss the instant that matters
    assert status is Exit.FINDING
    assert any(found_by in violation for violation in found["violations"]), found


def test_a_campaign_without_a_kill_is_wrong_use() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--count", "0"])
    assert ended.value.code == 2
