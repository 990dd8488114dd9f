# SPDX-License-Identifier: Apache-2.0
"""What a pump on a line carries out, for whom, and what a host may say of a pump that it cannot hear."""

from dataclasses import dataclass, replace

import pytest

from thecal.events import (
    BolusAsked,
    ClinicianBolusAsked,
    PrescriptionAbandoned,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PulseReported,
    PulseResult,
    RefillDone,
    SecondPassed,
    StopAsked,
)
from thecal.outcome import Response
from thecal.state import Mode
from thecal_adapters.line import channel
from thecal_adapters.line.client import ConfigurationDiffers, PumpClient, StoredOtherwise, compare
from thecal_adapters.line.device import Device, make_device
from thecal_adapters.line.limits import ORDER_LIFE_MS
from thecal_adapters.line.link import (
    Command,
    EarlierOrderCarriedOut,
    Link,
    LinkLost,
    OrderRefused,
    Unsettled,
)
from thecal_adapters.line.loopback import STEP_MS, Loopback, VirtualClock
from thecal_adapters.line.messages import Finding
from thecal_adapters.line.mischief import Mischief
from thecal_adapters.line.pump_end import Count, PumpEnd
from thecal_adapters.line.roles import make_key
from thecal_adapters.line.trial import (
    PULSE_FG,
    CountingPump,
    JudgingStore,
    make_program,
    make_trial_config,
    program,
)
from thecal_adapters.overrides import EVERY_OVERRIDE
from thecal_adapters.ports import Role

CONFIG = make_trial_config()


@dataclass
class Bench:
    """A programmed pump, a clinician and a patient on a line without mischief."""

    device: Device
    clock: VirtualClock
    store: JudgingStore
    wire: Loopback
    links: list[Link]
    clinician: PumpClient
    patient: PumpClient

    def ask_of_the_silent(self) -> Command:
        """A patient asks for a bolus while no reply comes through."""
        with pytest.raises(Unsettled, match="It is not known whether the pump carried out BolusAsked") as raised:
            self.patient.ask_bolus()
        return raised.value.command


@pytest.fixture
def bench() -> Bench:
    clock, store = VirtualClock(), JudgingStore()
    keys = [make_key(Role.CLINICIAN), make_key(Role.PATIENT)]
    device = make_device(CONFIG, CountingPump(), clock, store, PumpEnd(keys))
    wire = Loopback(device, clock, Mischief(1, 0), Mischief(2, 0))
    links = [Link(lambda: wire, key, wire.make_times(patience_s=5)) for key in keys]
    clinician, patient = (PumpClient(link, CONFIG) for link in links)
    program(clinician, CONFIG)
    return Bench(device, clock, store, wire, links, clinician, patient)


def refuse(client: PumpClient, *args: object, **kwargs: object) -> Finding:
    """Why an order was not handed to the kernel."""
    with pytest.raises(OrderRefused) as raised:
        client.order(*args, **kwargs)  # type: ignore[arg-type]
    assert raised.value.reply.finding.name in str(raised.value)
    return raised.value.reply.finding


def test_a_patient_asks_for_a_bolus_and_reads_and_no_more(bench: Bench) -> None:
    assert bench.patient.ask_bolus().response == Response.BOLUS_GRANTED
    assert bench.patient.interrogate().state.bolus.is_active
    before = bench.device.runner.state
    for event in (
        StopAsked(),
        ClinicianBolusAsked(PULSE_FG, 60),
        PrescriptionStaged(make_program(CONFIG), EVERY_OVERRIDE),
        PrescriptionConfirmed(make_program(CONFIG)),
        RefillDone(0, 1, (0, 0, 0, 0), has_unknown_drug=False, is_rinsed=False),
    ):
        assert refuse(bench.patient, event) is Finding.ROLE_MAY_NOT_ASK_FOR_THIS
    assert bench.device.runner.state == before


def test_a_clinician_programs_and_asks_for_no_bolus_of_the_patient(bench: Bench) -> None:
    assert refuse(bench.clinician, BolusAsked()) is Finding.ROLE_MAY_NOT_ASK_FOR_THIS
    assert bench.clinician.order(StopAsked()).response == Response.STOPPED


def test_nobody_on_the_line_tells_of_seconds_or_pulses(bench: Bench) -> None:
    for event in (SecondPassed(), PulseReported(1, PulseResult.NOT_DONE)):
        assert refuse(bench.clinician, event) is Finding.ROLE_MAY_NOT_ASK_FOR_THIS


def test_a_value_out_of_its_range_is_refused_with_its_place(bench: Bench) -> None:
    event = ClinicianBolusAsked(-1, 60)
    with pytest.raises(OrderRefused, match=r"event.mass_fg: REFUSED_AN_AMOUNT_BELOW_ITS_RANGE"):
        bench.clinician.order(event)
    assert refuse(bench.clinician, StopAsked(), drug_lot="\x1b[2J") is Finding.VALUE_IS_OUT_OF_ITS_RANGE


def test_an_order_is_carried_out_once_however_often_it_is_sent(bench: Bench) -> None:
    command = Command(bench.links[1].make_id(), BolusAsked())
    replies = []
    for _ in range(3):
        replies.append(bench.links[1].order(command))
        bench.wire.pass_time(4_000)  # beyond the session: the next one goes over another
    assert [reply.is_repeated for reply in replies] == [False, True, True]
    assert {reply.response for reply in replies} == {Response.BOLUS_GRANTED}
    assert bench.store.count_granted() == 1


def test_an_id_stands_for_one_order_alone(bench: Bench) -> None:
    command = Command(bench.links[0].make_id(), StopAsked())
    bench.links[0].order(command)
    with pytest.raises(OrderRefused, match="this id was used for another request"):
        bench.links[0].order(replace(command, event=ClinicianBolusAsked(PULSE_FG, 60)))
    assert bench.links[1].order(replace(command, event=BolusAsked())).is_answered  # another key, another id


def test_a_reply_lost_after_the_dose_gives_no_second_one(bench: Bench) -> None:
    bench.patient.interrogate()
    bench.wire.lose_replies = True
    command = bench.ask_of_the_silent()
    assert bench.store.count_granted() == 1
    bench.wire.lose_replies = False
    bench.wire.pass_time(4_000)
    reply = bench.patient.settle()
    assert reply is not None
    assert (reply.response, reply.is_repeated) == (Response.BOLUS_GRANTED, True)
    assert bench.links[1].order(command).is_repeated
    assert bench.store.count_granted() == 1


def test_what_was_carried_out_unheard_is_told_before_anything_new_is_ordered(bench: Bench) -> None:
    bench.patient.interrogate()
    bench.wire.lose_replies = True
    bench.ask_of_the_silent()
    bench.wire.lose_replies = False
    bench.wire.pass_time(4_000)
    with pytest.raises(EarlierOrderCarriedOut, match="BolusAsked was carried out after all: BOLUS_GRANTED"):
        bench.patient.ask_bolus()
    assert bench.store.count_granted() == 1
    assert bench.patient.ask_bolus().response == Response.BOLUS_GRANTED


def test_what_never_arrived_is_known_to_be_never_carried_out(bench: Bench) -> None:
    bench.patient.interrogate()
    bench.wire.is_cut = True
    bench.ask_of_the_silent()
    bench.wire.is_cut = False
    assert bench.patient.is_unsettled
    assert bench.patient.settle() is None
    assert bench.links[1].unsettled is None
    assert bench.store.count_granted() == 0
    assert bench.patient.ask_bolus().response == Response.BOLUS_GRANTED


def test_an_order_that_could_not_even_be_sent_is_not_unsettled(bench: Bench) -> None:
    bench.patient.interrogate()
    bench.patient.close()
    bench.wire.is_cut = True
    with pytest.raises(LinkLost, match="BolusAsked was not sent") as raised:
        bench.patient.ask_bolus()
    assert not isinstance(raised.value, Unsettled)
    assert not bench.patient.is_unsettled


def test_what_became_of_an_id_that_is_none_is_not_claimed(bench: Bench) -> None:
    with pytest.raises(OrderRefused, match="ID_IS_MALFORMED"):
        bench.patient.find(b"short")


def test_an_order_that_comes_too_late_is_not_carried_out(bench: Bench) -> None:
    bench.patient.interrogate()
    bench.wire.holds_requests = True
    bench.ask_of_the_silent()
    bench.wire.holds_requests = False
    bench.wire.pass_time(ORDER_LIFE_MS / 1_000 + 1)  # and now all that was held arrives, in an open session
    assert bench.store.count_granted() == 0
    assert bench.patient.settle() is None


def test_an_order_lives_no_longer_than_the_pump_allows(bench: Bench) -> None:
    bench.clinician.interrogate()
    bench.links[0].pump_ms += 60_000  # as a host whose clock has leapt has it
    assert refuse(bench.clinician, StopAsked()) is Finding.ORDER_WOULD_LIVE_TOO_LONG


def test_only_what_is_staged_now_is_confirmed(bench: Bench) -> None:
    staging = bench.clinician.stage(make_program(CONFIG, 5 * PULSE_FG), EVERY_OVERRIDE).staging
    assert staging is not None
    bench.wire.pass_time(1)
    again = bench.clinician.stage(make_program(CONFIG, 5 * PULSE_FG), EVERY_OVERRIDE).staging
    assert again is not None
    with pytest.raises(OrderRefused, match="DIGEST_IS_NOT_OF_WHAT_IS_STAGED"):
        bench.clinician.confirm(staging)  # the same values, from a page that is no longer the last
    altered = replace(again.prescription, lockout_s=7)
    assert (
        bench.clinician.confirm(replace(again, prescription=altered)).response == Response.REFUSED_NOT_WHAT_WAS_STAGED
    )
    assert bench.clinician.confirm(again).response == Response.PRESCRIPTION_CONFIRMED
    assert bench.clinician.interrogate().state.program == again.prescription


def test_a_confirmation_whose_reply_was_lost_is_answered_as_it_was(bench: Bench) -> None:
    staging = bench.clinician.stage(make_program(CONFIG, 5 * PULSE_FG), EVERY_OVERRIDE).staging
    assert staging is not None
    bench.wire.lose_replies = True
    with pytest.raises(Unsettled) as raised:
        bench.clinician.confirm(staging)
    bench.wire.lose_replies = False
    reply = bench.links[0].order(raised.value.command)  # nothing is staged any more, and that is no reason to refuse
    assert (reply.response, reply.is_repeated) == (Response.PRESCRIPTION_CONFIRMED, True)
    assert reply.state.program == staging.prescription


def test_a_pump_that_stored_another_value_is_found_before_anything_is_confirmed(bench: Bench) -> None:
    sent = make_program(CONFIG)
    stored = replace(sent, slots_fg=(*sent.slots_fg[:7], 1, *sent.slots_fg[8:]))
    with pytest.raises(StoredOtherwise, match=r"stored 1 at prescription\.slots_fg\[7\], not 10000000000") as raised:
        compare("prescription", sent, stored)
    assert raised.value.path == "prescription.slots_fg[7]"


def test_a_pump_of_another_library_is_not_read(bench: Bench) -> None:
    stranger = PumpClient(bench.links[0], replace(CONFIG, digest=1))
    with pytest.raises(ConfigurationDiffers, match="this host knows 1"):
        stranger.connect()
    with pytest.raises(ConfigurationDiffers):
        stranger.order(StopAsked())
    assert bench.device.runner.state.mode == Mode.DELIVERING  # and nothing was ordered of it


def test_a_host_without_its_pump_claims_nothing_and_the_pump_goes_on(bench: Bench) -> None:
    before = bench.device.runner.state
    bench.wire.is_cut = True
    with pytest.raises(LinkLost, match="What it delivers now is not known here"):
        bench.clinician.interrogate()
    with pytest.raises(LinkLost, match="StopAsked was not sent"):
        bench.clinician.order(StopAsked())
    bench.wire.pass_time(7_200)
    after = bench.device.runner.state
    assert after.mode == Mode.DELIVERING
    assert after.flight.sequence > before.flight.sequence + 10
    bench.wire.is_cut = False
    assert bench.clinician.interrogate().state.mode == Mode.DELIVERING


def test_a_flood_of_orders_is_put_off_and_each_is_carried_out_once(bench: Bench) -> None:
    before = bench.links[0].sent
    for _ in range(60):
        assert bench.clinician.order(PrescriptionAbandoned()).response == Response.REFUSED_NOTHING_STAGED
    assert bench.links[0].sent > before + 60  # some were put off, and asked again
    assert bench.store.find_carried_out_twice() == []


def test_a_session_that_is_used_up_is_followed_by_another(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.patient.interrogate()
    monkeypatch.setattr(channel, "MESSAGE_COUNT_MAX", 6)
    before, started_ms = bench.device.end.counts[Count.SESSIONS], bench.clock.now_ms
    for _ in range(30):
        bench.patient.interrogate()
    assert bench.device.end.counts[Count.SESSIONS] == before + 6  # each with a first read for the pump's clock
    assert bench.clock.now_ms - started_ms < 30 * STEP_MS  # and no reply had to be waited for twice


def test_a_pump_that_restarts_is_found_again_by_itself(bench: Bench) -> None:
    command = Command(bench.links[1].make_id(), BolusAsked())
    assert bench.links[1].order(command).response == Response.BOLUS_GRANTED
    keys = [session.key for session in bench.device.end.list_sessions()]
    bench.wire.device = make_device(CONFIG, CountingPump(), bench.clock, bench.store, PumpEnd(keys))
    assert bench.links[1].order(command).is_repeated
    assert bench.store.count_granted() == 1
