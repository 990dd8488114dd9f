# SPDX-License-Identifier: Apache-2.0
"""The simulated pump keeps its own book exactly, and loses or makes no drug whatever is done to it."""

import ast
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

import thecal_adapters.plant
from thecal_adapters.plant.book import Book
from thecal_adapters.plant.fluids import Line, Reservoir
from thecal_adapters.plant.pump import Drive, Make, Plant, Slip, Told

PULSE_NL = 1_000


def make_plant(drive: Drive = Drive.VALVE, path_nl: int = 5_000, ppm_per_kelvin: int = 0) -> Plant:
    plant = Plant(Make(drive, PULSE_NL, ppm_per_kelvin), drug_count=1)
    plant.reservoir.fill(1_000_000, (10,))
    plant.replace_line(path_nl, (0,), front_nl=0)
    return plant


def test_the_plant_imports_nothing_of_the_kernel() -> None:
    for file in Path(thecal_adapters.plant.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert all(name.split(".")[0] not in ("thecal", "thecal_specs", "thecal_proofs") for name in names)


def test_drug_leaves_the_tip_only_when_the_path_is_pushed_through() -> None:
    plant = make_plant(path_nl=5_000)
    for sequence in range(1, 7):
        assert plant.move(1_000 * sequence, sequence, PULSE_NL) is Told.DONE
    assert plant.book.total == (10 * PULSE_NL,)
    assert plant.book.compute_between(0, 5_000) == (0,)
    assert plant.book.compute_since(5_000) == (10 * PULSE_NL,)


def test_an_order_moves_once_however_often_it_is_given() -> None:
    plant = make_plant(path_nl=0)
    assert plant.move(0, 7, PULSE_NL) is Told.DONE
    assert plant.move(1, 7, PULSE_NL) is Told.DONE
    assert plant.move(2, 3, PULSE_NL) is Told.UNKNOWN
    assert plant.reservoir.volume_nl == 1_000_000 - PULSE_NL


def test_a_volume_that_the_motor_cannot_move_moves_nothing() -> None:
    plant = make_plant(path_nl=0)
    assert plant.move(0, 1, PULSE_NL + 1) is Told.NOT_DONE
    assert plant.reservoir.volume_nl == 1_000_000


@pytest.mark.parametrize(("drive", "moved_nl"), [(Drive.ROTOR, PULSE_NL // 4), (Drive.VALVE, PULSE_NL)])
def test_a_rotor_without_power_stands_where_it_is_and_a_valve_ends_its_pulse(drive: Drive, moved_nl: int) -> None:
    plant = make_plant(drive, path_nl=0)
    assert plant.move(0, 1, PULSE_NL, turned_permille=250) is Told.UNKNOWN
    assert plant.reservoir.volume_nl == 1_000_000 - moved_nl


@pytest.mark.parametrize(
    ("slip", "pulses", "told"),
    [
        (Slip.MISSED, 0, Told.NOT_DONE),
        (Slip.MISSED_IN_THE_DARK, 0, Told.UNKNOWN),
        (Slip.MOVED_IN_THE_DARK, 1, Told.UNKNOWN),
        (Slip.MISSED_AND_TOLD_AS_DONE, 0, Told.DONE),
        (Slip.MOVED_TWICE, 2, Told.UNKNOWN),
    ],
)
def test_a_slip_moves_and_tells_what_it_says(slip: Slip, pulses: int, told: Told) -> None:
    plant = make_plant(path_nl=0)
    plant.slips.append(slip)
    assert plant.move(0, 1, PULSE_NL) is told
    assert plant.take_moved() == pulses * PULSE_NL
    assert plant.move(1, 2, PULSE_NL) is Told.DONE


def test_drift_and_fever_move_more_and_a_stall_nothing() -> None:
    plant = make_plant(path_nl=0, ppm_per_kelvin=2_000)
    plant.drift_permille, plant.temperature_c = 145, 39
    assert plant.compute_pulse_nl() == PULSE_NL * Fraction(1_145, 1_000) * Fraction(1_004, 1_000)
    plant.is_stalled = True
    assert plant.move(0, 1, PULSE_NL) is Told.NOT_DONE
    assert plant.take_moved() == 0


def test_what_leaves_a_torn_catheter_is_not_in_the_book() -> None:
    plant = make_plant(path_nl=0)
    plant.is_torn = True
    plant.move(0, 1, PULSE_NL)
    assert plant.book.total == (0,)
    assert plant.lost == (10 * PULSE_NL,)


def test_an_empty_reservoir_gives_nothing() -> None:
    plant = make_plant(path_nl=0)
    plant.aspirate(0)
    plant.move(0, 1, PULSE_NL)
    assert plant.book.total == (0,)


def test_a_front_that_has_widened_passes_in_steps_within_its_width() -> None:
    line = Line(10_000, (0,), front_nl=4_000)
    passed = [line.push(500, (8,))[0] for _ in range(40)]
    assert passed[:16] == [0] * 16  # 8,000 nL of the old fluid up to the front less half its width
    assert passed[24:] == [8 * 500] * 16
    assert sorted(passed[16:24]) == passed[16:24]
    assert 0 < passed[16] < passed[23] < 8 * 500


def test_a_reservoir_mixes_what_was_left_with_what_is_filled() -> None:
    reservoir = Reservoir(1)
    reservoir.fill(1_400_000, (2_000,))
    reservoir.fill(18_600_000, (500,))
    assert reservoir.strength == (605,)  # the worked number of the domain's pumps


@pytest.mark.parametrize("seed", range(20))
def test_no_drug_is_lost_or_made(seed: int) -> None:
    rng = Random(seed)
    plant = make_plant(rng.choice(tuple(Drive)), path_nl=rng.randrange(20_000), ppm_per_kelvin=2_000)
    plant.line.front_nl = rng.choice((0, 1_000, 30_000))
    filled, removed = Fraction(10_000_000), Fraction(0)
    for sequence in range(1, 400):
        plant.drift_permille = rng.randrange(-145, 146)
        if rng.randrange(8) == 0:
            plant.slips.append(rng.choice(tuple(Slip)))
        plant.move(sequence, sequence, PULSE_NL, rng.choice((1_000, 1_000, 400)))
        if rng.randrange(40) == 0:
            removed += sum(plant.aspirate(rng.randrange(2_000))[1])
            volume_nl, strength = rng.randrange(1, 1_000_000), rng.randrange(20)
            plant.reservoir.fill(volume_nl, (strength,))
            filled += volume_nl * strength
    held = plant.reservoir.volume_nl * plant.reservoir.strength[0] + sum(plant.line.compute_held())
    assert filled == held + removed + plant.book.total[0]
    assert sum(plug.volume_nl for plug in plant.line.plugs) == plant.line.volume_nl


def test_the_book_sums_any_stretch_of_time() -> None:
    rng = Random(3)
    book = Book(2)
    entries = [(at_ms, (rng.randrange(9), Fraction(rng.randrange(9), 7))) for at_ms in range(0, 1_000, 10)]
    for at_ms, mass in entries:
        book.add(at_ms, mass)
    for from_ms, to_ms in ((0, 0), (-1, 0), (5, 995), (500, 2_000)):
        inside = [mass for at_ms, mass in entries if from_ms < at_ms <= to_ms]
        sums = tuple(sum((mass[drug] for mass in inside), Fraction(0)) for drug in range(2))
        assert book.compute_between(from_ms, to_ms) == sums
