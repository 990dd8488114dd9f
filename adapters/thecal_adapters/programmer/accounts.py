# SPDX-License-Identifier: Apache-2.0
"""Who may sign in, in which role: a file of names and of passwords that were stretched by scrypt (RFC 7914).

There is no default password. A new account gets one that is shown once and must be changed at the first sign-in.
"""

import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

from thecal_adapters.codec import Refused, expect_bool, expect_keys, expect_object, expect_text, parse

# 16 MiB and some tens of milliseconds a try: the parameters that RFC 7914 was published with for interactive use.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 16_384, 8, 1
PASSWORD_LENGTH_MIN = 12
PASSWORD_LENGTH_MAX = 200
NAME_LENGTH_MAX = 40
FIRST_NAME = "clinician"
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else


class Person(Enum):
    """What somebody is here."""

    CLINICIAN = "clinician"
    PATIENT = "patient"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Account:
    """One person. ``is_one_time``: the password was made here, and must be changed before anything else."""

    name: str
    person: Person
    salt: str
    hash: str
    is_one_time: bool


def compute_hash(password: str, salt: str) -> str:
    """The stretched password, in hexadecimal digits."""
    return hashlib.scrypt(
        password.encode(), salt=bytes.fromhex(salt), n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, maxmem=64 * 2**20
    ).hex()


def make_account(name: str, person: Person, password: str, is_one_time: bool) -> Account:
    """An account with a salt of its own."""
    salt = secrets.token_hex(16)
    return Account(name, person, salt, compute_hash(password, salt), is_one_time)


def make_password() -> str:
    """A one-time password of 79 bits, in groups that can be read aloud."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def is_name(name: str) -> bool:
    """Whether a text can name a person: a pseudonym of letters, digits, points and dashes."""
    return 0 < len(name) <= NAME_LENGTH_MAX and all(c.isascii() and (c.isalnum() or c in ".-_") for c in name)


class Accounts:
    """The accounts of one file, which only its owner may read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._accounts: dict[str, Account] = read_accounts(path) if path.exists() else {}
        self._nobody = make_account("nobody", Person.REVIEWER, make_password(), False)

    @property
    def all(self) -> tuple[Account, ...]:
        """All accounts by name."""
        return tuple(self._accounts[name] for name in sorted(self._accounts))

    def find(self, name: str) -> Account | None:
        """The account of that name."""
        return self._accounts.get(name)

    def add(self, name: str, person: Person) -> str | None:
        """A new account; its one-time password, or None if the name is taken or is none."""
        password = make_password()
        with self._lock:
            if not is_name(name) or name in self._accounts:
                return None
            self._keep(make_account(name, person, password, True))
        return password

    def check(self, name: str, password: str) -> Account | None:
        """The account if the password is its own; as long in coming for a name that is not there."""
        found = self._accounts.get(name)
        asked = found or self._nobody
        is_right = hmac.compare_digest(compute_hash(password[:PASSWORD_LENGTH_MAX], asked.salt), asked.hash)
        return found if found is not None and is_right else None

    def change(self, name: str, password: str) -> Account:
        """Give somebody a password of their own."""
        with self._lock:
            account = make_account(name, self._accounts[name].person, password, False)
            self._keep(account)
        return account

    def remove(self, name: str) -> bool:
        """Take somebody's account away; False if there is none, or if nobody would be left to add another."""
        with self._lock:
            left = [each for each in self._accounts.values() if each.name != name]
            if name not in self._accounts or not any(each.person is Person.CLINICIAN for each in left):
                return False
            del self._accounts[name]
            self._write()
        return True

    def _keep(self, account: Account) -> None:
        self._accounts[account.name] = account
        self._write()

    def _write(self) -> None:
        rows = [{**asdict(each), "person": each.person.value} for each in self.all]
        beside = self._path.with_suffix(".new")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w", encoding="utf-8") as file:
            json.dump({"version": 1, "accounts": rows}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)


def read_accounts(path: Path) -> dict[str, Account]:
    """The accounts of a file, or ``Refused`` with the place."""
    whole = expect_object(parse(path.read_text(encoding="utf-8"), str(path)), str(path))
    expect_keys(whole, str(path), ("version", "accounts"))
    rows = whole["accounts"]
    if whole["version"] != 1 or not isinstance(rows, list):
        raise Refused(str(path), "a list of accounts of version 1 is expected")
    read = [_read_account(expect_object(row, str(path)), f"{path}: {place}") for place, row in enumerate(rows)]
    return {account.name: account for account in read}


def _read_account(row: Mapping[str, object], path: str) -> Account:
    expect_keys(dict(row), path, ("name", "person", "salt", "hash", "is_one_time"))
    texts = {key: expect_text(row[key], f"{path}.{key}") for key in ("name", "person", "salt", "hash")}
    if texts["person"] not in [each.value for each in Person]:
        raise Refused(f"{path}.person", f"{texts['person']!r} is no role")
    is_one_time = expect_bool(row["is_one_time"], f"{path}.is_one_time")
    return Account(texts["name"], Person(texts["person"]), texts["salt"], texts["hash"], is_one_time)
