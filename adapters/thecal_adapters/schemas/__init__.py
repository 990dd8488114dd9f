# SPDX-License-Identifier: Apache-2.0
"""The forms of the JSON that commands read and write, and the check against them."""

import json
from functools import cache
from importlib.resources import files
from typing import Any, cast

from jsonschema import Draft202012Validator

from thecal_adapters.codec import Refused

NAMES = (
    "scenario",
    "replay",
    "verdicts",
    "opinions",
    "lines",
    "export",
    "export-check",
    "mutants",
    "translation",
    "statements",
    "bench",
    "log-verify",
    "log-show",
    "pump",
    "line-campaign",
    "check",
    "prescription",
    "simulate",
)


@cache
def read(name: str) -> dict[str, Any]:
    """The JSON schema of that name."""
    text = (files("thecal_adapters") / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


def check(name: str, value: object) -> None:
    """Refuse a value that does not have the form; the first fault in the order of the text is named."""
    errors = sorted(Draft202012Validator(read(name)).iter_errors(value), key=lambda error: error.json_path)
    if errors:
        raise Refused(errors[0].json_path, errors[0].message)
