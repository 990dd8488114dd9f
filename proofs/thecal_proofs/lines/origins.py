# SPDX-License-Identifier: Apache-2.0
"""Remembers which lines of the kernel compute each node of a formula.

Of a node that several lines compute, each is remembered; and that the specification computes it too, if it does, for
then nobody can tell in a formula which of the two is meant. What a line merely hands on it does not compute, nor a
number that it names.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from thecal_proofs import terms, values
from thecal_proofs.encode import Encoder, Env, Exit
from thecal_proofs.frontend import Program, ir
from thecal_proofs.frontend.refusal import Loc
from thecal_proofs.lines.used import NONE, Line, Lines
from thecal_proofs.terms import Term
from thecal_proofs.values import Value
from thecal_proofs.wiring import KERNEL

COMPUTED = (
    ir.Arith, ir.Negate, ir.Absolute, ir.Extreme, ir.ToInt, ir.Compare, ir.Logic, ir.Not, ir.Choose, ir.Fold,
)  # fmt: skip
TURNED = frozenset(("le", "lt"))  # not to be at most is to be more: another node


class Origins:
    """The lines of the kernel that compute each node, and the nodes that the specification computes as well."""

    def __init__(self) -> None:
        self._lines: dict[Term, Lines] = {}
        self._claimed: set[Term] = set()

    def note(self, node: Term, line: Line | None, is_result: bool = True) -> None:
        """A node was made by a line of the kernel, or by one of the specification.

        What is made on the way to a result counts only where nothing is known of it yet, unless it is a choice between
        numbers, which nobody makes on the way.
        """
        is_result = is_result or (node.op == "ite" and not node.is_bool)
        if line is None:
            if is_result:
                self._claimed.add(node)
            return
        found = self._lines.get(node)
        if found is None:
            self._lines[node] = frozenset((line,))
        elif is_result and line not in found:
            self._lines[node] = found | {line}

    def find(self, node: Term) -> Lines:
        """The lines that compute a node; a claim that is refuted is turned round, and is that of the same lines."""
        found = self._lines.get(node, NONE)
        return self._lines.get(terms.negate(node), NONE) if not found and node.op in TURNED else found

    def is_claimed(self, node: Term) -> bool:
        """Whether the specification computes it as well."""
        return node in self._claimed or (node.op in TURNED and terms.negate(node) in self._claimed)


class Recorder:
    """Where an evaluation is: at which line of the kernel, if any, and where that is remembered."""

    def __init__(self) -> None:
        self._line: Line | None = None
        self._origins: Origins | None = None
        self._depth = 0

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Whatever is evaluated in here is remembered."""
        self._depth += 1
        try:
            with terms.overheard(self._note):
                yield
        finally:
            self._depth -= 1

    @contextmanager
    def at(self, loc: Loc | None, origins: Origins) -> Iterator[None]:
        """What is made in here is made by a line, of the kernel or of the specification; or by none at all."""
        before = self._line, self._origins
        folder, _, file = ("", "", "") if loc is None else loc.file.rpartition("/")
        self._line = (file, loc.line) if loc is not None and folder.rpartition("/")[2] == KERNEL else None
        self._origins = None if loc is None else origins
        try:
            yield
        finally:
            self._line, self._origins = before

    def note_result(self, value: Value) -> None:
        """What an expression computes, and of what is compared field by field each comparison."""
        for leaf in values.leaves(value) if self._depth else ():
            for node in (leaf, *(leaf.args if leaf.op == "and" else ())):
                self._note(node, True)

    def _note(self, node: Term, is_result: bool = False) -> None:
        if self._origins is not None and node.args:
            self._origins.note(node, self._line, is_result)


RECORDER = Recorder()  # of this process, as the table of terms is


class TracingEncoder(Encoder):
    """An encoder that says which line it is at, and knows afterwards which lines compute what."""

    def __init__(
        self,
        program: Program,
        opaque: Mapping[ir.Signature, ir.Signature] | None = None,
        requires: Mapping[ir.Signature, ir.Signature] | None = None,
    ) -> None:
        super().__init__(program, opaque, requires)
        self.origins = Origins()

    def evaluate(self, expr: ir.Expr, env: Env) -> Value:
        """Evaluate one expression on the current path."""
        with RECORDER.at(expr.loc, self.origins):
            value = super().evaluate(expr, env)
            if isinstance(expr, COMPUTED):
                RECORDER.note_result(value)
            return value

    def _statement(self, statement: ir.Stmt, env: Env) -> list[Exit]:
        with RECORDER.at(statement.loc, self.origins):
            return super()._statement(statement, env)

    def _block(self, block: ir.Block, env: Env) -> list[Exit]:
        with RECORDER.at(None, self.origins):  # the paths between its statements are no line's
            return super()._block(block, env)

    def leave(self, taken: Exit, otherwise: Value) -> Value:
        """The result where one exit is taken, or else a later one."""
        with RECORDER.at(taken.loc, self.origins):
            return super().leave(taken, otherwise)
