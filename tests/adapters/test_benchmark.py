# SPDX-License-Identifier: Apache-2.0
"""What is measured is the kernel, and copies of it that differ in their constants alone."""

from collections.abc import Callable
from typing import Any

import pytest

from thecal_adapters import benchmark, rim
from thecal_adapters.benchmark import VARIANTS, copy_kernel, measure_steps, sum_seconds
from thecal_adapters.finding import find_kernel
from thecal_adapters.library import load_config


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_copy_differs_in_its_constants_alone(variant: benchmark.Variant) -> None:
    with copy_kernel(variant.constants) as copy:
        for file in sorted(find_kernel().glob("*.py")):
            old, new = file.read_text().splitlines(), (copy / file.name).read_text().splitlines()
            changed = [line for line, before in zip(new, old, strict=True) if line != before]
            expected = [f"{name} = {value}" for name, value in variant.constants.items()]
            assert set(changed) <= set(expected)
            if file.name == "units.py":
                assert set(expected) <= set(new)
    assert not copy.exists()


def test_a_constant_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="defines NO_SUCH 0 times, not once"), copy_kernel({"NO_SUCH": 1}):
        pass


def test_seconds_are_summed_by_property_longest_first(make_report: Callable[..., dict[str, Any]]) -> None:
    report = make_report()
    report["timing"]["obligations"] = {
        "OVR-03/BolusAsked": {"seconds": 1.0},
        "OVR-03/SecondPassed": {"seconds": 2.0},
        "ticks_are_ordered/SecondPassed": {"seconds": 4.0},
        "base:ticks_are_ordered/initial": {"seconds": 0.5},
        "RES-01/SecondPassed": {"seconds": 3.5},
    }
    assert list(sum_seconds(report).items()) == [("what they rest on", 4.5), ("RES-01", 3.5), ("OVR-03", 3.0)]


def test_steps_are_measured_on_a_pump_that_delivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "STEPS", 3)
    monkeypatch.setattr(benchmark, "REPEATS", 1)
    measured = measure_steps()
    assert all(us > 0 for us in measured.values())
    config = load_config("peristaltic-40", ["morphine"])
    running = benchmark.make_running(config, benchmark.make_program(config))
    assert running.mode.name == "DELIVERING"


def test_the_rim_is_measured_on_days_that_break_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rim, "DAYS", 1)
    measured = rim.measure_simulation(jobs=1)
    assert measured["pump-days"] == 1
    assert measured["violations"] == 0
    assert measured["pump-days a minute"] > 0
