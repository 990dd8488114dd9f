# SPDX-License-Identifier: Apache-2.0
"""The examples, each checked once for all tests."""

from functools import cache

from thecal.limits import Config
from thecal.state import State, initial_state
from thecal_adapters.checking import Check, check, make_running_state
from thecal_adapters.library import load_config
from thecal_adapters.prescriptions import find_example, list_examples

MCG_FG = 10**9
# The examples that begin from a fresh pump; the other one changes the fluid of a running one.
FRESH = [name for name in list_examples() if find_example(name).tubing is not None]


@cache
def make_check(name: str) -> tuple[Config, State, Check]:
    order = find_example(name)
    config = load_config(order.pump, order.drugs)
    state = initial_state(config) if name in FRESH else make_running_state(config, find_example("baclofen-flex"))
    return config, state, check(config, state, order)
