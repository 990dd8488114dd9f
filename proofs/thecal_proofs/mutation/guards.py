# SPDX-License-Identifier: Apache-2.0
"""What is a guard: every condition, and every line that carries the ID of a property.

A condition is what an `if` asks, what a function answers that says yes or no, names a refusal or tells which alarms'
conditions hold. What leads to a refusal, to an alarm, or to a pulse that is given or withheld passes through one.
"""

import ast

# What a function that guards gives back.
GUARDING = ("bool", "Conditions", "Response")


def is_guard(returns: str, statement: ast.stmt, node: ast.AST) -> bool:
    """Whether a node is part of a condition."""
    if returns in GUARDING or isinstance(statement, ast.If):
        return True
    tests = [each.test for each in ast.walk(statement) if isinstance(each, ast.IfExp)]
    return any(node is inner for test in tests for inner in ast.walk(test))


def find_decided(statement: ast.stmt, node: ast.AST) -> list[int]:
    """The lines that a condition decides on, if its branch is nothing but an answer."""
    if not isinstance(statement, ast.If):
        return []
    answers = [each for each in statement.body if isinstance(each, ast.Return) and len(statement.body) == 1]
    return [line for each in answers for line in range(each.lineno, (each.end_lineno or each.lineno) + 1)]
