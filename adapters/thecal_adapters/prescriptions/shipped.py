# SPDX-License-Identifier: Apache-2.0
"""The examples that are shipped: each number with its source and certainty, and none of them for use."""

from importlib.resources import files

from thecal_adapters.codec import Refused
from thecal_adapters.prescriptions.order import Order
from thecal_adapters.prescriptions.reading import SUFFIX, read_order

_FOLDER = files("thecal_adapters") / "prescriptions" / "examples"


def list_examples() -> list[str]:
    """Their names."""
    return sorted(file.name.removesuffix(SUFFIX) for file in _FOLDER.iterdir() if file.name.endswith(SUFFIX))


def find_example(name: str) -> Order:
    """The order of an example, or a refusal that lists the names."""
    if name not in list_examples():
        raise Refused("prescriptions", f"{name!r} is none of {', '.join(list_examples())}; thecal check --list tells")
    return read_order((_FOLDER / f"{name}{SUFFIX}").read_text(encoding="utf-8"), f"{name}{SUFFIX}")
