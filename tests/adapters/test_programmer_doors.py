# SPDX-License-Identifier: Apache-2.0
"""Who comes in, by which name, from which page, and for how long."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.desks import BASE, PASSWORD, PORT, Room, open_room

from thecal_adapters.codec import Refused
from thecal_adapters.programmer.accounts import FIRST_NAME, Accounts, Person, compute_hash
from thecal_adapters.programmer.actions import Actions, read_actions
from thecal_adapters.programmer.sessions import LONGEST_S, Sessions, Void


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path) as room:
        yield room


def test_every_page_is_shut(room: Room) -> None:
    client = room.come("clinician").client
    for path in ("/status", "/do/program", "/people", "/record", "/chart/light.svg", "/static/style.css", "/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert ("unsafe-inline" in policy) == path.startswith("/chart/")
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_no_page_holds_a_script_or_a_style_of_its_own(room: Room) -> None:
    hand = room.come("clinician")
    for path in ("/status", "/do/program", "/do/refill", "/people", "/record"):
        text = hand.look(path)
        assert "<script" not in text
        assert " style=" not in text
        assert "<style" not in text
        assert " on" + "click" not in text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1:1", "127.0.0.1", "localhost.evil:8765"]
)
def test_another_name_is_not_answered(room: Room, host: str) -> None:
    client = room.come().client
    response = client.get("/sign-in", headers={"host": host})
    assert response.status_code == 421
    assert "thecal" not in response.text


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"[::1]:{PORT}"])
def test_this_machines_own_names_are(room: Room, host: str) -> None:
    assert room.come().client.get("/sign-in", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"http://localhost:{PORT}"},
        {"origin": f"https://127.0.0.1:{PORT}"},
        {},
        {"origin": BASE, "sec-fetch-site": "cross-site"},
        {"origin": BASE, "sec-fetch-site": "same-site"},
        {"origin": BASE, "content-type": "text/plain"},
        {"origin": BASE, "content-type": "application/json"},
    ],
)
def test_a_post_from_anywhere_else_does_nothing(room: Room, headers: dict[str, str]) -> None:
    hand = room.come("clinician")
    hand.look("/do/stop")
    path, values = hand.make("/do/")
    assert hand.client.post(path, data=values, headers=headers).status_code in (403, 415)
    hand.post(path, values)
    assert hand.path.startswith("/review/")


def test_a_page_that_another_site_opens_is_not_shown(room: Room) -> None:
    client = room.come("clinician").client
    for site in ("cross-site", "same-site"):
        assert client.get("/status", headers={"sec-fetch-site": site}).status_code == 403
    for site in ("none", "same-origin"):
        assert client.get("/status", headers={"sec-fetch-site": site}).status_code == 200


def test_a_form_without_its_id_or_with_anothers_does_nothing(room: Room) -> None:
    hand, other = room.come("clinician"), room.come("clinician")
    other.look("/do/stop")
    for values in ({"x": "y"}, {"ticket": "0" * 32}, other.make("/do/")[1]):
        hand.post("/do/stop", values)
        assert hand.status == 409
        assert "Nothing was sent to the pump" in hand.text
    hand.look("/do/resume")
    hand.post("/do/stop", hand.make("/do/")[1])
    assert hand.status == 409


def test_a_form_that_is_too_large_is_not_read(room: Room) -> None:
    hand = room.come("clinician")
    hand.post("/do/stop", {"ticket": "x" * 70_000})
    assert hand.status == 413


def test_a_browser_keeps_the_session_from_scripts_and_other_sites(room: Room) -> None:
    cookie = room.come().client.get("/sign-in").headers["set-cookie"]
    assert cookie.startswith(f"thecal-{PORT}=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Domain" not in cookie


def test_signing_in_gives_a_session_of_another_id(room: Room) -> None:
    hand = room.come()
    hand.look("/sign-in")
    before = dict(hand.client.cookies)
    hand.send("/sign-in", name="clinician", password=PASSWORD)
    assert dict(hand.client.cookies) != before
    other = room.come()
    other.client.cookies.update(before)
    assert "Sign in" in other.look("/status")


def test_after_a_while_without_a_request_the_sign_in_is_over(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    hand = room.come("clinician")
    hand.look("/do/stop")
    form = hand.make("/do/")
    now_s = room.desk.sessions._now_s()
    monkeypatch.setattr(room.desk.sessions, "_now_s", lambda: now_s + 601)
    hand.post(*form)
    assert hand.status == 401
    assert "Sign in" in hand.look("/status")
    assert "signed out, because nothing was done" in hand.text


def test_a_sign_in_is_over_after_twelve_hours_whatever_is_done_and_that_is_on_record(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = room.come("clinician")
    begun_s = room.desk.sessions._now_s()
    for passed_s in range(300, LONGEST_S, 300):  # never idle
        monkeypatch.setattr(room.desk.sessions, "_now_s", lambda passed_s=passed_s: begun_s + passed_s)
        assert room.desk.sessions.find(next(iter(hand.client.cookies.values()))) is not None
    hand.look("/do/stop")
    form = hand.make("/do/")
    assert LONGEST_S == 12 * 3_600
    monkeypatch.setattr(room.desk.sessions, "_now_s", lambda: begun_s + LONGEST_S + 60)
    hand.post(*form)
    assert hand.status == 401
    assert "a sign-in lasts no longer than this" in hand.look("/sign-in")
    ended = [action for action in room.desk.actions.recent if action.what == "signed out"]
    assert [(action.who, dict(action.details)) for action in ended] == [("clinician", {"because": "longest"})]


def test_who_is_removed_is_signed_out_at_once_and_cannot_come_back(room: Room) -> None:
    hand, reviewer = room.come("clinician"), room.come("reviewer")
    assert "Remove reviewer" in hand.look("/people")
    hand.look("/people/remove/reviewer")
    hand.send("/people/remove/")
    assert hand.path == "/people"
    assert "reviewer</th>" not in hand.text
    assert "Sign in" in reviewer.look("/status")
    assert "do not belong together" in reviewer.sign_in("reviewer")
    assert Accounts(room.desk.accounts._path).find("reviewer") is None
    assert [action.what for action in room.desk.actions.recent if action.who == "clinician"][-1] == "person removed"


def test_nobody_removes_themselves_so_that_a_clinician_always_stays(room: Room) -> None:
    hand = room.come("clinician")
    for name in ("clinician", "nobody"):
        hand.look(f"/people/remove/{name}")
        assert hand.status == 409
        assert "one always stays" in hand.text
    hand.look("/people/remove/patient")
    hand.post("/people/remove/clinician", hand.make("/people/remove/")[1])  # a form is good for the one whom it names
    assert hand.status == 409
    assert not room.desk.accounts.remove("clinician")
    assert room.desk.accounts.find("clinician") is not None
    reviewer = room.come("reviewer")
    reviewer.look("/people/remove/patient")
    assert reviewer.status == 403


def test_signing_out_ends_the_session(room: Room) -> None:
    hand = room.come("clinician")
    values = {"ticket": hand.text.split('action="/sign-out"')[1].split('value="')[1].split('"')[0]}
    hand.post("/sign-out", values)
    assert "Sign in" in hand.look("/status")


def test_a_wrong_password_is_on_record_and_too_many_must_wait(room: Room) -> None:
    hand = room.come()
    for _ in range(6):
        hand.sign_in("clinician", "wrong")
    assert "Too many wrong passwords. Wait" in hand.text
    hand.sign_in("clinician")
    assert "Too many wrong passwords" in hand.text
    refused = [action for action in room.desk.actions.recent if action.what == "sign-in refused"]
    assert len(refused) == 5
    assert "wrong" not in json.dumps([dict(action.details) for action in refused])


def test_a_one_time_password_opens_nothing_but_a_password_of_ones_own(room: Room) -> None:
    hand = room.come("clinician")
    hand.look("/people")
    hand.send("/people", name="ada", role="patient")
    password = hand.text.split('class="secret">')[1].split("<")[0]
    ada = room.come()
    ada.sign_in("ada", password)
    assert ada.path == "/password"
    ada.look("/handset")
    assert ada.path == "/password"
    for new, again, told in (
        ("short", "short", "At least 12 characters"),
        (password, password, "Another password is expected"),
        ("a long secret", "another secret", "The second entry was another password"),
    ):
        ada.send("/password", old=password, password=new, again=again)
        assert told in ada.text
    ada.send("/password", old=password, password="a long secret", again="a long secret")
    assert ada.path == "/handset"


def test_the_first_password_is_made_once_and_no_other_is_known(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.json")
    password = accounts.add(FIRST_NAME, Person.CLINICIAN)
    assert password is not None
    assert len(password.replace("-", "")) == 16
    assert accounts.add(FIRST_NAME, Person.CLINICIAN) is None
    again = Accounts(tmp_path / "accounts.json")
    assert again.check(FIRST_NAME, password) is not None
    assert again.check(FIRST_NAME, "") is None
    assert again.check("nobody", password) is None
    assert password not in (tmp_path / "accounts.json").read_text()
    if os.name == "posix":
        assert (tmp_path / "accounts.json").stat().st_mode & 0o077 == 0


def test_passwords_are_stretched_as_the_standard_says() -> None:
    expected = hashlib.scrypt(b"pleaseletmein", salt=b"SodiumChloride", n=16_384, r=8, p=1, maxmem=2**26)
    assert compute_hash("pleaseletmein", b"SodiumChloride".hex()) == expected.hex()
    assert expected.hex().startswith("7023bdcb3afd7348461c06cd81fd38eb")  # RFC 7914, section 12


def test_a_damaged_file_of_accounts_is_refused_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    path.write_text('{"version": 1, "accounts": [{"name": "x"}]}')
    with pytest.raises(Refused, match="accounts"):
        Accounts(path)


def test_the_record_shows_what_was_changed_or_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "actions.jsonl"
    actions = Actions(path)
    for what in ("signed in", "asked", "answered"):
        actions.add("clinician", "s", what, {"id": what})
    actions.close()
    assert [action.what for action, _ in read_actions(path)] == ["signed in", "asked", "answered"]
    lines = path.read_text().splitlines(keepends=True)
    for damaged in (lines[:1] + lines[2:], [lines[0], lines[1].replace("asked", "shown"), lines[2]], lines[::-1]):
        path.write_text("".join(damaged))
        with pytest.raises(Refused, match="not as it was written"):
            Actions(path)


def test_a_record_goes_on_where_it_ended(tmp_path: Path) -> None:
    for what in ("first", "second"):
        actions = Actions(tmp_path / "actions.jsonl")
        actions.add("clinician", "s", what, {})
        actions.close()
    assert [action.number for action, _ in read_actions(tmp_path / "actions.jsonl")] == [1, 2]


def test_a_form_is_good_for_one_purpose_and_one_time() -> None:
    session = Sessions(600).begin(None)
    sessions = Sessions(600)
    ticket = session.issue("stop")
    assert sessions.redeem(session, ticket.id, "resume") is Void.MISPLACED
    assert sessions.redeem(session, ticket.id, "stop") is ticket
    assert sessions.redeem(session, ticket.id, "stop") is Void.USED
    assert sessions.redeem(session, "x", "stop") is Void.UNKNOWN
