# SPDX-License-Identifier: Apache-2.0
"""Orders over a hostile line: each carried out at most once, and as was told; broken devices are caught at it."""

import pytest

from thecal.events import Event
from thecal_adapters.line.campaign import Makes, WatchedEnd, describe, run_real, run_virtual
from thecal_adapters.line.channel import HEAD_BYTES, TAG_BYTES, Channel, Kind
from thecal_adapters.line.mischief import Mischief, Trick
from thecal_adapters.line.noise import Keys
from thecal_adapters.line.trial import JudgingStore
from thecal_adapters.ports import Answer
from thecal_adapters.schemas import check

SEEDS = (1, 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_mischief_on_the_line_gives_a_dose_too_many(seed: int) -> None:
    result = run_virtual(seed, 60)
    print(result)
    assert result.faults == []
    assert result.granted > 15
    assert result.tally.settled > 0
    assert sum(result.tricks.values()) > 50


def test_a_seed_gives_the_same_campaign_again() -> None:
    result = run_virtual(5, 15)
    assert result == run_virtual(5, 15)
    check("line-campaign", describe(result, is_pty=False))


def test_a_seed_gives_the_same_tricks_again() -> None:
    frames = [bytes([1 + n % 200]) * (20 + n % 30) + b"\0" for n in range(400)]
    played = []
    for _ in range(2):
        mischief = Mischief(7, 0.5)
        played.append([mischief.pass_on(frame) for frame in frames])
        assert set(mischief.counts) == set(Trick)
    assert played[0] == played[1]


def test_no_mischief_over_real_pseudo_terminals_gives_a_dose_too_many() -> None:
    result = run_real(3, 20)
    print(result)
    assert result.faults == []
    assert sum(result.tricks.values()) > 10


class ForgetfulStore(JudgingStore):
    """Broken: remembers no order, so that nothing is recognised when it comes again."""

    def find_answer(self, request_id: str) -> tuple[Event, Answer] | None:
        return None


class CredulousChannel(Channel):
    """Broken: opens whatever is authentic, however often."""

    def open(self, body: bytes) -> bytes:
        self.opened = min(self.opened, int.from_bytes(body[1 + TAG_BYTES : HEAD_BYTES]) - 1)
        return super().open(body)


class CredulousEnd(WatchedEnd):
    """Broken: a pump that accepts a replay."""

    def _open_channel(self, keys: Keys) -> Channel:
        return CredulousChannel(keys, sends=Kind.SEALED_BY_PUMP, opens=Kind.SEALED_BY_HOST)


def test_a_device_that_forgets_its_orders_is_caught() -> None:
    result = run_virtual(1, 60, Makes(store=ForgetfulStore))
    assert any("carried out twice" in fault for fault in result.faults)


def test_a_device_that_accepts_a_replay_is_caught() -> None:
    result = run_virtual(1, 60, Makes(end=CredulousEnd))
    assert any("a request was opened" in fault for fault in result.faults)
    assert not any("carried out twice" in fault for fault in result.faults)  # it remembers its orders: no dose of it


def test_a_device_that_does_both_gives_doses_too_many_and_is_caught() -> None:
    result = run_virtual(1, 60, Makes(store=ForgetfulStore, end=CredulousEnd))
    assert result.granted > result.tally.granted
    assert any("boluses were granted" in fault for fault in result.faults)
