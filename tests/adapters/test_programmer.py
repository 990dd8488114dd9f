# SPDX-License-Identifier: Apache-2.0
"""The programmer page: what each workflow does to the pump, and that nothing does it twice."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.adapters.desks import PATH, PROGRAM, REFILL, Hand, Room, open_room, set_up

from thecal.events import BolusAsked, ClinicianBolusAsked, PrescriptionConfirmed
from thecal.prescription import Prescription
from thecal.state import Alarm, Mode
from thecal_adapters.journal.entries import write_compact
from thecal_adapters.memory import MemoryStore
from thecal_adapters.programmer.actions import compute_screen_digest

BOLUS = {"mass": "0.1 mg", "duration": "10 min"}
REFILLED = {**REFILL, "aspirated": "17 mL"}  # as much as the pump expects
MG_FG = 1_000_000_000_000


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path) as room:
        yield room


@pytest.fixture
def clinician(room: Room) -> Hand:
    return room.come("clinician")


@pytest.fixture
def running(room: Room, clinician: Hand) -> Room:
    set_up(clinician)
    assert room.state.mode == Mode.DELIVERING
    return room


def count_asked(room: Room, kind: type) -> int:
    return sum(isinstance(ask.event, kind) for ask in room.link.asked)


def test_three_steps_lead_to_a_running_therapy(room: Room, clinician: Hand) -> None:
    assert "Three steps" in clinician.look("/status")
    set_up(clinician)
    assert clinician.path.startswith("/result/")
    assert "What the pump reads back" in clinician.text
    assert room.state.mode == Mode.DELIVERING
    assert room.state.program == Prescription(
        slots_fg=(MG_FG // 20,) * 48,
        bolus_fg=240_000_000_000,
        bolus_duration_s=600,
        lockout_s=14_400,
        bolus_count_max=4,
        cap_day_fg=(3_500_000_000_000, 0, 0, 0),
        cap_hour_fg=(400_000_000_000, 0, 0, 0),
        low_reservoir_nl=2_000_000,
    )


def test_what_was_given_stands_in_the_table_exactly(running: Room, clinician: Hand) -> None:
    running.link.pass_s(3_600)
    text = clinician.look("/status")
    assert "<td>50 mcg</td><td>50 mcg</td><td>50 mcg</td>" in text.replace("\n", "")
    seen = running.link.pump.course.half_hours
    assert text.count('<th scope="row">') == len(seen) < 48  # what nobody saw is left out


def test_the_refill_is_told_with_its_day_and_its_reason(running: Room, clinician: Hand) -> None:
    text = clinician.look("/status")
    assert "<dd>2026-02-17 <small>the reservoir may be low</small></dd>" in text  # 47 days after the first of the year


def test_before_anything_was_programmed_there_is_no_empty_chart(room: Room, clinician: Hand) -> None:
    assert "/chart/" not in clinician.look("/status")
    set_up(clinician)
    assert "/chart/light-narrow.svg" in clinician.look("/status")


def test_a_review_begins_with_what_changes_and_has_no_program_before_there_is_one(room: Room, clinician: Hand) -> None:
    text = clinician.review("refill", REFILL)
    groups = re.findall(r'<tr class="group"[^>]*><th[^>]*>([^<]*)', text)
    assert groups[0] == "Reservoir and path"
    assert "Program" not in groups
    clinician.do("refill", REFILL)
    clinician.do("path", PATH)
    text = clinician.review("program", PROGRAM)
    assert re.findall(r'<tr class="group"[^>]*><th[^>]*>([^<]*)', text)[-1] == "Reservoir and path"
    assert re.search(r"Dose in a day</th><td[^>]*>none</td><td[^>]*>2.4 mg/day</td>", text)


def test_the_record_tells_answers_in_words_and_names_the_screen(running: Room, clinician: Hand) -> None:
    text = clinician.look("/record")
    assert "The program is confirmed and in force." in text
    assert "problem" not in text
    asked = next(ask for ask in running.link.asked if isinstance(ask.event, PrescriptionConfirmed))
    assert f'<span class="code">{asked.id}</span>' in text


def test_steps_of_the_day_become_half_hours(running: Room, clinician: Hand) -> None:
    steps = {"from-1": "00:00", "dose-1": "80 mcg/h", "from-2": "06:00", "dose-2": "0.24 mg", "from-3": "08:00",
             "dose-3": "0.105 mg/h"}  # fmt: skip
    clinician.do("program", {**PROGRAM, **steps, "day": "2.4 mg/day"})
    slots = running.state.program.slots_fg
    assert slots == (40_000_000_000,) * 12 + (60_000_000_000,) * 4 + (52_500_000_000,) * 32


def test_steps_that_do_not_add_up_are_refused_with_what_they_bring(running: Room, clinician: Hand) -> None:
    before = running.state.program
    steps = {"from-1": "00:00", "dose-1": "60 mcg/h", "day": "60 mcg/day"}
    text = clinician.review("program", {**PROGRAM, **steps})
    assert "The steps bring 1.44 mg/day" in text
    assert running.state.program == before


def test_the_kernel_says_why_and_the_entries_are_kept(room: Room, clinician: Hand) -> None:
    clinician.do("refill", REFILL)
    clinician.do("path", PATH)
    text = clinician.review("program", {name: value for name, value in PROGRAM.items() if name != "is_increase"})
    assert "47 REFUSED_INCREASE_BEYOND_THE_ALLOWANCE" in text
    assert 'action="/review/' not in text
    link = clinician.path.replace("/review/", "/do/program?draft=")
    assert 'value="2.4 mg/day"' in clinician.look(link)
    assert not room.state.is_programmed


def test_a_bolus_without_a_lockout_is_warned_of_at_the_review(running: Room, clinician: Hand) -> None:
    assert "No lockout" not in clinician.review("program", PROGRAM)
    assert "No lockout: the patient can ask for the next bolus" in clinician.review(
        "program", {**PROGRAM, "lockout": "0 h"}
    )


def test_a_program_is_confirmed_only_once_its_worst_case_stands_there(running: Room, clinician: Hand) -> None:
    running.reckoned.is_ready = False
    text = clinician.review("program", {**PROGRAM, "day": "2.2 mg/day"})
    assert "being reckoned" in text
    assert 'action="/review/' not in text
    running.reckoned.is_ready = True
    assert "2.2 mg <span" in clinician.look(clinician.path)
    clinician.send("/review/")
    assert sum(running.state.program.slots_fg) == 2_200_000_000_000


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("refill", REFILLED), ("path", PATH), ("time-of-day", {"slots": "4"}), ("bolus", BOLUS), ("stop", {}),
        ("minimum-rate", {}),
    ],
)  # fmt: skip
def test_whatever_changes_the_course_of_a_therapy_is_reviewed_with_its_worst_case(
    running: Room, clinician: Hand, name: str, values: dict[str, str]
) -> None:
    assert "The worst and the best that it can do" in clinician.review(name, values)


def test_a_prime_is_reviewed_with_its_worst_case_before_there_is_any_program(room: Room, clinician: Hand) -> None:
    clinician.do("refill", REFILL)
    clinician.do("path", {**PATH, "holds": "none"})
    assert "The worst and the best that it can do" in clinician.review("prime", {"volume": "0.1 mL"})


def test_neither_a_fact_nor_a_resumed_therapy_waits_for_its_worst_case(running: Room, clinician: Hand) -> None:
    running.reckoned.is_ready = False
    clinician.do("stop")
    for name, values in (("resume", {}), ("refill", REFILLED)):
        text = clinician.review(name, values)
        assert "being reckoned" in text
        assert 'action="/review/' in text
        clinician.send("/review/")


def test_entries_that_differ_the_second_time_are_both_forgotten(room: Room, clinician: Hand) -> None:
    text = clinician.review("refill", REFILL, {**REFILL, "strength-0": "1 mg/mL"})
    assert "Neither is used" in text
    assert 'name="filled" value="18 mL"' in text
    assert 'name="strength-0" value=""' in text
    assert room.state.reservoir.volume_hi_nl == 0


def test_the_second_page_does_not_show_the_first_entry(clinician: Hand) -> None:
    clinician.look("/do/refill")
    text = clinician.send("/do/", **REFILL)
    assert clinician.path.startswith("/again/")
    assert "18 mL" not in text
    assert "10 mg/mL" not in text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (".5 mg/mL", "A zero must stand before the point"),
        ("1.0 mg/mL", "No zero stands at the end"),
        ("10 mg/day", "This is another kind of amount"),
        ("10", "A number without a unit says nothing"),
        ("500 ug/mL", "Write mcg/mL."),
        ("10,5 mg/mL", "The decimal sign is a point"),
        ("", "Something must stand here"),
    ],
)
def test_an_amount_that_may_be_misread_is_refused_at_its_field(clinician: Hand, typed: str, told: str) -> None:
    clinician.look("/do/refill")
    text = clinician.send("/do/", **{**REFILL, "strength-0": typed})
    assert told in text
    assert '<a href="#strength-0">' in text
    assert 'aria-describedby="strength-0-hint strength-0-error"' in text
    assert f'value="{typed}"' in text


def test_a_refill_that_would_not_be_admitted_is_still_booked_as_the_fact_that_it_is(
    running: Room, clinician: Hand
) -> None:
    text = clinician.review("refill", {**REFILL, "aspirated": "17 mL", "strength-0": "30 mg/mL"})
    assert "The pump says no" in text
    assert "it must be booked" in text
    clinician.send("/review/")
    assert running.state.mode == Mode.STOPPED
    assert "71 REFILL_BOOKED_AND_DELIVERY_STOPPED" in clinician.text


def test_a_difference_in_the_reservoir_is_told_and_resolved(running: Room, clinician: Hand) -> None:
    clinician.do("refill", {**REFILL, "aspirated": "5 mL"})
    assert running.state.therapy.discrepancy == -1
    assert "The reservoir held what was not expected" in clinician.look("/status")
    for name, values in (("alarm", {"alarm": str(int(Alarm.RESERVOIR_DISCREPANT))}), ("discrepancy", {})):
        assert "The worst and the best that it can do" in clinician.review(name, values)
        clinician.send("/review/")
    assert running.state.therapy.discrepancy == 0


def test_stop_resume_and_minimum_rate(running: Room, clinician: Hand) -> None:
    modes = []
    for name in ("stop", "minimum-rate", "resume"):
        clinician.do(name)
        modes.append(running.state.mode)
    assert modes == [Mode.STOPPED, Mode.MINIMUM_RATE, Mode.DELIVERING]


def test_a_prime_is_staged_and_confirmed(room: Room, clinician: Hand) -> None:
    clinician.do("refill", REFILL)
    clinician.do("path", {**PATH, "holds": "none"})
    clinician.do("prime", {"volume": "0.3 mL"})
    assert room.state.mode == Mode.PRIMING


def test_a_program_is_moved_by_half_hours(running: Room, clinician: Hand) -> None:
    clinician.do("time-of-day", {"slots": "4"})
    assert "80 PHASE_MOVED" in clinician.text


def test_an_alarm_is_acknowledged_and_stays(running: Room, clinician: Hand) -> None:
    clinician.do("stop")
    running.link.pass_s(172_800)
    assert running.state.alarms[Alarm.OFF_THERAPY_TOO_LONG].is_active
    text = clinician.look("/status")
    assert text.index("Off therapy for too long") < text.index("At a glance")
    clinician.look(f"/do/alarm?alarm={int(Alarm.OFF_THERAPY_TOO_LONG)}")
    clinician.send("/do/", alarm=str(int(Alarm.OFF_THERAPY_TOO_LONG)))
    clinician.send("/review/")
    alarm = running.state.alarms[Alarm.OFF_THERAPY_TOO_LONG]
    assert alarm.is_active
    assert alarm.is_acknowledged


def test_a_form_that_is_sent_twice_gives_one_bolus(running: Room, clinician: Hand) -> None:
    clinician.review("bolus", BOLUS)
    form = clinician.make("/review/")
    clinician.post(*form)
    assert running.state.bolus.mass_fg == 100_000_000_000
    clinician.post(*form)
    assert clinician.status == 409
    assert "This form was sent before" in clinician.text
    assert 'href="/result/' in clinician.text
    assert count_asked(running, ClinicianBolusAsked) == 1


def test_a_form_that_is_sent_again_after_its_bolus_has_ended_gives_none(running: Room, clinician: Hand) -> None:
    clinician.review("bolus", BOLUS)
    form = clinician.make("/review/")
    clinician.post(*form)
    running.link.pass_s(7_200)
    given = [entry.given_fg for entry in running.state.ledger if entry.is_used]
    clinician.post(*form)
    running.link.pass_s(60)
    assert not running.state.bolus.is_active
    assert [entry.given_fg for entry in running.state.ledger if entry.is_used] == given


def test_one_review_in_two_tabs_is_carried_out_once(running: Room, clinician: Hand) -> None:
    clinician.review("bolus", BOLUS)
    first = clinician.make("/review/")
    clinician.look(clinician.path)
    second = clinician.make("/review/")
    assert first != second
    clinician.post(*first)
    running.link.pass_s(7_200)
    clinician.post(*second)
    assert count_asked(running, ClinicianBolusAsked) == 1
    assert clinician.status == 409


def test_the_back_button_leads_to_what_was_done_not_to_a_second_time(running: Room, clinician: Hand) -> None:
    clinician.review("bolus", BOLUS)
    review = clinician.path
    clinician.send("/review/")
    clinician.look(review)
    assert clinician.path.startswith("/result/")


def test_a_review_of_a_pump_that_has_changed_since_is_refused(running: Room, clinician: Hand) -> None:
    other = running.come("clinician")
    clinician.review("bolus", BOLUS)
    other.do("stop")
    clinician.send("/review/")
    assert "The pump has changed since the review" in clinician.text
    assert not running.state.bolus.is_active


def test_a_stop_is_never_too_late(running: Room, clinician: Hand) -> None:
    other = running.come("clinician")
    clinician.review("stop", {})
    other.do("bolus", BOLUS)
    assert running.state.bolus.is_active
    clinician.send("/review/")
    assert running.state.mode == Mode.STOPPED
    assert not running.state.bolus.is_active


def test_entries_on_a_pump_that_has_changed_since_go_no_further(running: Room, clinician: Hand) -> None:
    other = running.come("clinician")
    clinician.look("/do/bolus")
    clinician.send("/do/", **BOLUS)
    other.do("stop")
    clinician.send("/again/", **BOLUS)
    assert "The pump is no more as it was" in clinician.text
    assert 'action="/review/' not in clinician.text


def test_a_staged_program_whose_ten_minutes_are_over_is_not_confirmed(running: Room, clinician: Hand) -> None:
    clinician.review("program", {**PROGRAM, "day": "2.2 mg/day"})
    running.link.pass_s(601)
    clinician.send("/review/")
    assert "The pump has changed since the review" in clinician.text
    assert sum(running.state.program.slots_fg) == 2_400_000_000_000


def test_what_is_taken_back_is_not_staged_any_more(running: Room, clinician: Hand) -> None:
    clinician.review("program", {**PROGRAM, "day": "2.2 mg/day"})
    assert running.state.staged.is_staged
    clinician.send("/abandon/")
    assert not running.state.staged.is_staged


def test_a_restart_in_mid_review_refuses_what_was_open(tmp_path: Path) -> None:
    store = MemoryStore()
    with open_room(tmp_path, store) as room:
        clinician = room.come("clinician")
        set_up(clinician)
        clinician.review("bolus", BOLUS)
        form, cookies = clinician.make("/review/"), dict(clinician.client.cookies)
    with open_room(tmp_path, store) as room:
        again = room.come()
        again.client.cookies.update(cookies)
        again.post(*form)
        assert again.status == 401
        assert "was not sent to the pump" in again.text
        again.sign_in("clinician")
        again.post(*form)
        assert again.status == 410
        assert room.state.mode == Mode.DELIVERING
        assert not room.state.bolus.is_active
        assert "The pump was restarted" in again.look("/status")


def test_an_answer_that_was_lost_is_asked_for_and_not_ordered_again(running: Room, clinician: Hand) -> None:
    clinician.review("bolus", BOLUS)
    running.link.losses = 1
    clinician.send("/review/")
    assert "It is not known whether the pump has carried it out" in clinician.text
    clinician.send("/settle/")
    assert "10 BOLUS_GRANTED" in clinician.text
    assert count_asked(running, ClinicianBolusAsked) == 1
    running.link.pass_s(7_200)
    assert sum(entry.is_used for entry in running.state.ledger) == 1


def test_a_lost_link_says_so_and_claims_nothing(running: Room, clinician: Hand) -> None:
    clinician.review("bolus", BOLUS)
    running.link.is_cut = True
    clinician.send("/review/")
    assert "The pump could not be reached" in clinician.text
    clinician.look("/status")
    assert clinician.status == 503
    assert "What it delivers now is not known here" in clinician.text
    running.link.is_cut = False
    assert not running.state.bolus.is_active


def test_every_order_is_on_record_with_who_and_what_was_on_the_screen(running: Room, clinician: Hand) -> None:
    clinician.review("bolus", BOLUS)
    clinician.send("/review/")
    ask = running.link.asked[-1]
    assert ask.actor == "clinician"
    shown = [action for action in running.desk.actions.recent if action.what == "shown"][-1]
    content = shown.details["content"]
    assert isinstance(content, dict)
    assert ask.id.endswith(f"-{shown.details['screen']}")
    assert compute_screen_digest(content) == shown.details["screen"]
    assert '"100 mcg' in write_compact(content) or "100 mcg, by a clinician" in write_compact(content)
    assert [action.what for action in running.desk.actions.recent][-2:] == ["asked", "answered"]


def test_the_patient_sees_why_not_and_when(running: Room) -> None:
    patient = running.come("patient")
    assert patient.path == "/handset"
    assert "<span>4</span>" in patient.text
    patient.send("/handset")
    assert "Your extra dose has begun." in patient.text
    assert "<span>3</span>" in patient.text
    shown = next(action for action in running.desk.actions.recent if action.who == "patient" and action.what == "shown")
    assert shown.details["content"] == {"language": "en", "left": 4, "mass": "240 mcg", "why": "", "wait": ""}
    assert running.link.asked[-1].id.endswith(f"-{shown.details['screen']}")
    running.link.pass_s(1_200)
    patient.look("/handset")
    assert "It is too soon after your last extra dose." in patient.text
    assert "Possible in 3 h" in patient.text


def test_pressing_twice_gives_one_extra_dose(running: Room) -> None:
    patient = running.come("patient")
    form = patient.make("/handset")
    patient.post(*form)
    patient.post(*form)
    assert patient.status == 409
    assert count_asked(running, BolusAsked) == 1


def test_a_handset_page_from_before_the_last_dose_asks_for_none(running: Room) -> None:
    patient, other = running.come("patient"), running.come("patient")
    old = other.make("/handset")
    patient.send("/handset")
    running.link.pass_s(20_000)
    other.post(*old)
    assert "The pump had changed since this page was shown" in other.text
    assert not running.state.bolus.is_active
    other.send("/handset")
    assert running.state.bolus.is_active


def test_the_count_of_the_day_is_explained_with_its_end(running: Room, clinician: Hand) -> None:
    clinician.do("program", {**PROGRAM, "count": "1"})
    patient = running.come("patient")
    patient.send("/handset")
    running.link.pass_s(20_000)
    text = patient.look("/handset")
    assert "You have had all extra doses of these 24 hours." in text
    assert "Possible in 18 h 27 min." in text


@pytest.mark.parametrize("name", ["reviewer", "patient"])
def test_who_may_not_program_changes_nothing(running: Room, name: str) -> None:
    hand = running.come(name)
    for path in ("/do/stop", "/people", "/again/x", "/review/x"):
        hand.look(path)
        assert hand.status == 403
    hand.post("/do/stop", {"ticket": "x"})
    assert hand.status == 403
    assert running.state.mode == Mode.DELIVERING


def test_a_patient_sees_the_handset_alone(running: Room) -> None:
    patient = running.come("patient")
    for path in ("/status", "/record", "/chart/light.svg", "/do/program"):
        patient.look(path)
        assert patient.status == 403


def test_a_reviewer_reads_status_and_record(running: Room) -> None:
    reviewer = running.come("reviewer")
    assert reviewer.path == "/status"
    assert "/do/" not in reviewer.text
    assert "signed in" in reviewer.look("/record")


def test_the_chart_is_the_same_for_the_same_day(running: Room, clinician: Hand) -> None:
    running.link.pass_s(1_800)
    first = clinician.client.get("/chart/light.svg").content
    assert clinician.client.get("/chart/light.svg").content == first
    assert clinician.client.get("/chart/dark.svg").content != first
    assert b"<svg" in first


def test_everything_is_there_in_german(running: Room) -> None:
    hand = running.come("clinician", language="de-CH,de;q=0.9")
    assert "Gibt das Programm ab" in hand.text
    hand.review("bolus", BOLUS)
    assert "Die Pumpe hat nichts dagegen" in hand.text
    hand.look("/language?to=en&back=/status")
    assert "Delivering the program" in hand.text


def test_a_page_of_another_site_is_no_place_to_go_back_to(clinician: Hand) -> None:
    response = clinician.client.get("/language?to=de&back=//evil.example/", follow_redirects=False)
    assert response.headers["location"] == "/"


def test_program_as_told_reads_back_the_same(running: Room, clinician: Hand, tell: Callable[[str], str]) -> None:
    text = clinician.look("/do/program")
    assert tell("day") in text
    clinician.do("program", {**PROGRAM, "day": "2.4 mg/day"})
    assert sum(running.state.program.slots_fg) == 2_400_000_000_000


@pytest.fixture
def tell() -> Callable[[str], str]:
    return lambda name: f'name="{name}" value="2.4 mg/day"'
