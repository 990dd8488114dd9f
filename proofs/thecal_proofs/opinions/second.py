# SPDX-License-Identifier: Apache-2.0
"""Asks cvc5, from the very text that is exported: what it confirms, it has read for itself.

A fresh solver for each question and a limit counted in the solver's own steps, so that it says the same on any machine.
"""

from collections.abc import Mapping
from typing import Any

import cvc5

from thecal_proofs.opinions.opinion import Said

NAME = f"cvc5 {cvc5.__version__}"
Options = Mapping[str, str]

# Tried in this order. What one way of choosing the next case is lost in, the other often sees at once.
WAYS: tuple[Options, ...] = (
    {"rlimit": "300000"},
    {"rlimit": "300000", "decision": "internal"},
)


def ask(text: str) -> Said:
    """What cvc5 says of a question, by the first of its ways that comes to an end."""
    said = Said("unknown", "it was not asked")
    for way in WAYS:
        said = _ask(text, way)
        if said.status != "unknown":
            break
    return said


def _ask(text: str, options: Options) -> Said:
    solver = cvc5.Solver(cvc5.TermManager())
    for name, value in options.items():
        solver.setOption(name, value)
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "question")
    answer = ""
    try:
        for command in iter(parser.nextCommand, None):
            if command.isNull():
                break
            answer = _told(command.invoke(solver, parser.getSymbolManager())) or answer
    except RuntimeError as error:  # of its parser too
        return Said("unknown", f"cvc5 cannot read it: {error}")
    status, _, reason = answer.partition(" ")
    return Said(status, reason) if status in ("unsat", "sat", "unknown") else Said("unknown", answer)


def _told(answer: Any) -> str:
    return str(answer).strip()
