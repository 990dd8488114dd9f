# SPDX-License-Identifier: Apache-2.0
"""Files of keys: TOML, one table for each role, readable by their owner alone, for whoever holds one has that role."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from thecal_adapters.codec import Refused, expect_keys, expect_object, expect_text
from thecal_adapters.files import tell_wrong
from thecal_adapters.line.noise import KEY_BYTES
from thecal_adapters.line.roles import NAME_BYTES, ROLES, RoleKey, make_key
from thecal_adapters.ports import Role

TABLES: Mapping[str, Role] = {role.name.lower(): role for role in ROLES}
HEAD = """# SPDX-License-Identifier: Apache-2.0
# Keys of one pump's serial line. Whoever reads this file can do with that pump what its roles can.
"""


def render_keys(keys: Mapping[Role, RoleKey]) -> str:
    """The text of a file of keys."""
    tables = [
        f'\n[{role.name.lower()}]\nname = "{key.name.hex()}"\nsecret = "{key.secret.hex()}"\n'
        for role, key in sorted(keys.items())
    ]
    return HEAD + "".join(tables)


def create_keys(path: Path) -> dict[Role, RoleKey]:
    """A new file with a fresh key for each role; ``Refused`` if it cannot be made or is there already."""
    keys = {role: make_key(role) for role in ROLES}
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refused(str(path), f"cannot be made: {tell_wrong(error)}") from None
    with open(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(render_keys(keys))
    return keys


def read_keys(path: Path) -> dict[Role, RoleKey]:
    """The keys of a file, one for each table, or ``Refused`` with the place."""
    try:
        with path.open("rb") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
                raise Refused(str(path), "others than its owner may read it, so its keys are no secret: chmod 600")
            table = tomllib.load(file)
    except OSError as error:
        raise Refused(str(path), tell_wrong(error)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(str(path), f"is no TOML: {error}") from None
    expect_keys(table, str(path), (), tuple(TABLES))
    return {TABLES[name]: _read_key(TABLES[name], table[name], f"{path}: {name}") for name in table}


def _read_key(role: Role, raw: object, path: str) -> RoleKey:
    table = expect_object(raw, path)
    expect_keys(table, path, ("name", "secret"))
    name = _read_bytes(table["name"], f"{path}.name", NAME_BYTES)
    return RoleKey(role, name, _read_bytes(table["secret"], f"{path}.secret", KEY_BYTES))


def _read_bytes(raw: object, path: str, count: int) -> bytes:
    text = expect_text(raw, path)
    if len(text) != 2 * count or any(letter not in "0123456789abcdef" for letter in text):
        raise Refused(path, f"{2 * count} digits of 0 to 9 and a to f are expected")
    return bytes.fromhex(text)
