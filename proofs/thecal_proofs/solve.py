# SPDX-License-Identifier: Apache-2.0
"""Asks Z3, and nothing else does.

One fresh context and solver per question, a fixed seed, and `rlimit` (counted work, not time) as the budget: the
same question gets the same answer whatever was asked before it, on any machine. Terms go over the C interface
node by node, which costs a third of printing and parsing them.
"""

import ctypes
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from z3 import z3core, z3types

from thecal_proofs import terms
from thecal_proofs.terms import Term

DEFAULT_BUDGET = 2_000_000
DEFAULT_SEED = 0
SAT, UNSAT = 1, -1
Handle: TypeAlias = Any  # a pointer of the C interface
Engine: TypeAlias = Literal["core", "tactics"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver said of a set of assertions: "sat" with a model, "unsat" with a core, or "unknown", and why."""

    status: str
    model: Mapping[Term, int] = field(default_factory=dict)
    reason: str = ""
    rlimit: int = 0
    core: frozenset[Term] = frozenset()


@dataclass(frozen=True, slots=True)
class Refuted:
    """A question that was answered "unsat": all that was asserted, in order, and what it cost of its budget."""

    engine: Engine
    plain: tuple[Term, ...]
    tracked: tuple[Term, ...]
    core: frozenset[Term]  # of what was tracked, what it took
    rlimit: int
    budget: int


_LISTENERS: list[Callable[[Refuted], None]] = []


@contextmanager
def overheard() -> Iterator[list[Refuted]]:
    """Hear every question that is answered "unsat" in here; a second opinion can be had of each."""
    heard: list[Refuted] = []
    _LISTENERS.append(heard.append)
    try:
        yield heard
    finally:
        _LISTENERS.pop()


def ask(
    assertions: Iterable[Term],
    budget: int = DEFAULT_BUDGET,
    seed: int = DEFAULT_SEED,
    engine: Engine = "tactics",
) -> Answer:
    """Decide whether the assertions can hold together.

    "core" is the plain SMT core, "tactics" what Z3 thinks best.
    """
    facts: dict[Term, None] = {}
    for assertion in assertions:
        facts.update(dict.fromkeys(terms.conjuncts(assertion)))
    if terms.FALSE in facts:
        return Answer("unsat")
    with Question(engine, seed) as question:
        question.add(facts)
        return question.check(budget)


class Question:
    """A private Z3 context and solver to which facts are added; leaving it frees everything made in it.

    An "unsat" names the tracked facts that it took.
    """

    def __init__(
        self, engine: Engine = "core", seed: int = DEFAULT_SEED, names: Callable[[str], str] | None = None
    ) -> None:
        self.engine: Engine = engine
        self.seed = seed
        self._names = names  # gives unknowns and functions other names, which must not change an answer

    def __enter__(self) -> "Question":
        config = z3core.Z3_mk_config()
        self.context: Handle = z3core.Z3_mk_context(config)
        z3core.Z3_del_config(config)
        ctx = self.context
        self._integer, self._truth = z3core.Z3_mk_int_sort(ctx), z3core.Z3_mk_bool_sort(ctx)
        make = z3core.Z3_mk_solver if self.engine == "tactics" else z3core.Z3_mk_simple_solver
        self._solver = make(ctx)
        z3core.Z3_solver_inc_ref(ctx, self._solver)
        self._done: dict[Term, Handle] = {}
        self._leaves: dict[Term, Handle] = {}
        self._functions: dict[tuple[str, int], Handle] = {}
        self._tracked: dict[int, Term] = {}
        self._plain: list[Term] = []
        self._spent = 0
        return self

    def __exit__(self, *_: object) -> None:
        z3core.Z3_del_context(self.context)

    def add(self, facts: Iterable[Term], tracked: bool = False) -> None:
        """Assert facts; tracked ones are named by a core."""
        ctx = self.context
        for fact in facts:
            self._translate(fact)
            if tracked:
                symbol = z3core.Z3_mk_string_symbol(ctx, f"fact {len(self._tracked)}")
                label = z3core.Z3_mk_const(ctx, symbol, self._truth)
                self._tracked[z3core.Z3_get_ast_id(ctx, label)] = fact
                z3core.Z3_solver_assert_and_track(ctx, self._solver, self._done[fact], label)
            else:
                self._plain.append(fact)
                z3core.Z3_solver_assert(ctx, self._solver, self._done[fact])

    def check(self, budget: int) -> Answer:
        """Decide whether all that was added can hold together."""
        self._configure(budget)
        try:
            status = z3core.Z3_solver_check(self.context, self._solver)
        except z3types.Z3Exception as error:  # running out of the budget while preprocessing surfaces here
            return Answer("unknown", {}, str(error), budget)
        total = self._count_work()
        work, self._spent = total - self._spent, total
        if status == UNSAT:
            core = self._core()
            for listen in _LISTENERS:
                tracked = tuple(self._tracked.values())
                listen(Refuted(self.engine, tuple(self._plain), tracked, core, work, budget))
            return Answer("unsat", {}, "", work, core)
        if status == SAT:
            return Answer("sat", self._model(), "", work)
        return Answer("unknown", {}, str(z3core.Z3_solver_get_reason_unknown(self.context, self._solver)), work)

    def _configure(self, budget: int) -> None:
        ctx = self.context
        params = z3core.Z3_mk_params(ctx)
        z3core.Z3_params_inc_ref(ctx, params)
        # To Z3 a limit of 0 is none.
        for name, value in (("rlimit", max(1, budget)), ("random_seed", self.seed)):
            symbol = z3core.Z3_mk_string_symbol(ctx, name)
            z3core.Z3_params_set_uint(ctx, params, symbol, value)
        z3core.Z3_solver_set_params(ctx, self._solver, params)
        z3core.Z3_params_dec_ref(ctx, params)

    def _count_work(self) -> int:
        ctx = self.context
        statistics = z3core.Z3_solver_get_statistics(ctx, self._solver)
        for i in range(z3core.Z3_stats_size(ctx, statistics)):
            if z3core.Z3_stats_get_key(ctx, statistics, i) == "rlimit count":
                return int(z3core.Z3_stats_get_uint_value(ctx, statistics, i))
        return 0

    def _core(self) -> frozenset[Term]:
        ctx = self.context
        labels = z3core.Z3_solver_get_unsat_core(ctx, self._solver)
        z3core.Z3_ast_vector_inc_ref(ctx, labels)
        places = range(z3core.Z3_ast_vector_size(ctx, labels))
        found = [z3core.Z3_get_ast_id(ctx, z3core.Z3_ast_vector_get(ctx, labels, i)) for i in places]
        z3core.Z3_ast_vector_dec_ref(ctx, labels)
        return frozenset(self._tracked[label] for label in found)

    def _model(self) -> dict[Term, int]:
        ctx = self.context
        model = z3core.Z3_solver_get_model(ctx, self._solver)
        z3core.Z3_model_inc_ref(ctx, model)
        found = {}
        for leaf, handle in self._leaves.items():
            out = (z3types.Ast * 1)()
            z3core.Z3_model_eval(ctx, model, handle, True, out)
            found[leaf] = _read_value(str(z3core.Z3_ast_to_string(ctx, out[0])))
        z3core.Z3_model_dec_ref(ctx, model)
        return found

    def _translate(self, root: Term) -> None:
        done = self._done
        todo = [root]
        while todo:
            node = todo[-1]
            missing = [arg for arg in node.args if arg not in done]
            if missing:
                todo.extend(reversed(missing))
                continue
            todo.pop()
            if node not in done:
                done[node] = self._make(node, [done[arg] for arg in node.args])

    def _make(self, node: Term, args: Sequence[Handle]) -> Handle:
        ctx = self.context
        if node.op == "const":
            return z3core.Z3_mk_numeral(ctx, str(node.value), self._integer)
        if node.op in ("var", "flag"):
            symbol = self._symbol(str(node.value))
            made = z3core.Z3_mk_const(ctx, symbol, self._truth if node.is_bool else self._integer)
        elif node.op in ("app", "pred"):
            made = z3core.Z3_mk_app(ctx, self._function(node), len(args), _array(args))
        else:
            return _MAKERS[node.op](ctx, args)
        self._leaves[node] = made
        return made

    def _symbol(self, name: str) -> Handle:
        return z3core.Z3_mk_string_symbol(self.context, self._names(name) if self._names else name)

    def _function(self, node: Term) -> Handle:
        ctx = self.context
        key = str(node.value), len(node.args)
        if key not in self._functions:
            symbol = self._symbol(key[0])
            sorts = [self._truth if arg.is_bool else self._integer for arg in node.args]
            domain = (z3types.Sort * len(sorts))(*sorts)
            result = self._truth if node.is_bool else self._integer
            self._functions[key] = z3core.Z3_mk_func_decl(ctx, symbol, len(sorts), domain, result)
        return self._functions[key]


def _array(args: Sequence[Handle]) -> "ctypes.Array[Any]":
    return (z3types.Ast * len(args))(*args)  # type: ignore[no-any-return]


def _nary(make: Callable[..., Handle]) -> Callable[[Handle, Sequence[Handle]], Handle]:
    return lambda ctx, args: make(ctx, len(args), _array(args))


def _fixed(make: Callable[..., Handle]) -> Callable[[Handle, Sequence[Handle]], Handle]:
    return lambda ctx, args: make(ctx, *args)


_MAKERS: dict[str, Callable[[Handle, Sequence[Handle]], Handle]] = {
    "true": _fixed(z3core.Z3_mk_true),
    "false": _fixed(z3core.Z3_mk_false),
    "add": _nary(z3core.Z3_mk_add),
    "sub": _nary(z3core.Z3_mk_sub),
    "mul": _nary(z3core.Z3_mk_mul),
    "div": _fixed(z3core.Z3_mk_div),
    "mod": _fixed(z3core.Z3_mk_mod),
    "ite": _fixed(z3core.Z3_mk_ite),
    "eq": _fixed(z3core.Z3_mk_eq),
    "le": _fixed(z3core.Z3_mk_le),
    "lt": _fixed(z3core.Z3_mk_lt),
    "and": _nary(z3core.Z3_mk_and),
    "or": _nary(z3core.Z3_mk_or),
    "not": _fixed(z3core.Z3_mk_not),
}


def _read_value(text: str) -> int:
    """Read a numeral or truth value as the solver prints it: `(- 5)`, `7`, `true`."""
    if text in ("true", "false"):
        return int(text == "true")
    digits = text.replace("(", "").replace(")", "").replace(" ", "")
    return int(digits)
