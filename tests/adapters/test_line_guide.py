# SPDX-License-Identifier: Apache-2.0
"""What the pages say of the serial line is so: their code runs, the tests that they name are there, errors are told."""

import re
import threading
from pathlib import Path

from thecal_adapters.line import client, link
from thecal_adapters.line.campaign import serve
from thecal_adapters.line.device import make_device
from thecal_adapters.line.keys import create_keys
from thecal_adapters.line.limits import ORDER_LIFE_MS
from thecal_adapters.line.pump_end import PumpEnd
from thecal_adapters.line.trial import CountingPump, JudgingStore, make_trial_config
from thecal_adapters.line.wires import PtyWire
from thecal_adapters.realtime import SystemClock, run

HERE = Path(__file__).parent
GUIDE = (HERE.parents[1] / "adapters" / "README.md").read_text(encoding="utf-8").partition("## The serial line")[2]
THREATS = (HERE.parents[1] / "adapters" / "THREATS.md").read_text(encoding="utf-8")


def test_the_code_of_the_guide_asks_a_pump_for_a_bolus(tmp_path: Path) -> None:
    code = re.search(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    assert code is not None
    names: dict[str, object] = {}
    exec(code[1], names)
    keys, clock, wire, ended = create_keys(tmp_path / "keys"), SystemClock(), PtyWire(), threading.Event()
    device = make_device(make_trial_config(), CountingPump(), clock, JudgingStore(), PumpEnd(list(keys.values())))
    with serve(device, lambda: wire, clock) as service:
        runner = threading.Thread(target=run, args=(device.runner, ended.is_set, service.wait))
        runner.start()
        ask = names["ask_for_a_bolus"]
        assert callable(ask)
        said = ask(wire.name, tmp_path / "keys")
        ended.set()
        runner.join()
    assert said == "REFUSED_BOLUS_WHILE_NOT_DELIVERING"


def test_every_error_of_a_host_is_explained() -> None:
    errors = [kind for module in (link, client) for kind in vars(module).values() if isinstance(kind, type)]
    names = {kind.__name__ for kind in errors if issubclass(kind, link.LineError) and kind is not link.LineError}
    assert len(names) == 6
    assert {name for name in names if f"| `{name}` |" not in GUIDE} == set()


def test_every_test_that_the_threat_model_names_is_there() -> None:
    tests = "\n".join(f"{path.stem}\n{path.read_text(encoding='utf-8')}" for path in HERE.glob("test_line_*.py"))
    named = set(re.findall(r"`(test_\w+)`", THREATS))
    assert len(named) > 10
    assert {name for name in named if not re.search(rf"^(def )?{name}\b", tests, re.MULTILINE)} == set()


def test_the_threat_model_gives_an_order_the_life_that_it_has() -> None:
    assert ORDER_LIFE_MS == 5_000
    assert "within 5 s" in THREATS
