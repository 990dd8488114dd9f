# SPDX-License-Identifier: Apache-2.0
"""Asks Z3, and nothing else does.

One fresh context and solver per question, a fixed seed, and `rlimit` (counted work, not time) as the budget: the
same question gets the same answer whatever was asked before it, on any machine. Terms go over the C interface
node by node, which costs a third of printing and parsing them.
"""

import ctypes
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from z3 import z3core, z3types

from thecal_proofs import terms
from thecal_proofs.terms import Term

DEFAULT_BUDGET = 2_000_000
DEFAULT_SEED = 0
SAT, UNSAT = 1, -1
Handle: TypeAlias = Any  # a pointer of the C interface
Engine: TypeAlias = Literal["linear", "core", "tactics"]
EXACT: tuple[Engine, ...] = ("core", "tactics")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver said of a set of assertions: "sat" with a model, "unsat", or "unknown" with a reason."""

    status: str
    model: Mapping[Term, int] = field(default_factory=dict)
    reason: str = ""
    rlimit: int = 0
    seconds: float = 0.0


def ask(
    assertions: Iterable[Term],
    budget: int = DEFAULT_BUDGET,
    seed: int = DEFAULT_SEED,
    engine: Engine = "tactics",
) -> Answer:
    """Decide whether the assertions can hold together.

    "core" is the plain SMT core, "tactics" what Z3 thinks best. "linear" takes each product of unknowns for an
    unknown of its own: its "unsat" is as good as any, its models need not respect products.
    """
    started = time.perf_counter()
    facts: dict[Term, None] = {}
    for assertion in assertions:
        facts.update(dict.fromkeys(terms.conjuncts(assertion)))
    if terms.FALSE in facts:
        return Answer("unsat", seconds=time.perf_counter() - started)
    with _Context(engine) as context:
        return context.check(list(facts), budget, seed, started)


class _Context:
    """A private Z3 context; leaving it frees everything made in it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __enter__(self) -> "_Context":
        config = z3core.Z3_mk_config()
        self.handle: Handle = z3core.Z3_mk_context(config)
        z3core.Z3_del_config(config)
        self.leaves: dict[Term, Handle] = {}
        return self

    def __exit__(self, *_: object) -> None:
        z3core.Z3_del_context(self.handle)

    def check(self, facts: Sequence[Term], budget: int, seed: int, started: float) -> Answer:
        ctx = self.handle
        translated = self._translate(facts)
        make = z3core.Z3_mk_solver if self.engine == "tactics" else z3core.Z3_mk_simple_solver
        solver = make(ctx)
        z3core.Z3_solver_inc_ref(ctx, solver)
        self._configure(solver, budget, seed)
        for fact in facts:
            z3core.Z3_solver_assert(ctx, solver, translated[fact])
        try:
            status = z3core.Z3_solver_check(ctx, solver)
        except z3types.Z3Exception as error:  # running out of the budget while preprocessing surfaces here
            return Answer("unknown", {}, str(error), budget, time.perf_counter() - started)
        work = self._work(solver)
        spent = time.perf_counter() - started
        if status == UNSAT:
            return Answer("unsat", {}, "", work, spent)
        if status == SAT:
            return Answer("sat", self._model(solver), "", work, spent)
        return Answer("unknown", {}, str(z3core.Z3_solver_get_reason_unknown(ctx, solver)), work, spent)

    def _configure(self, solver: Handle, budget: int, seed: int) -> None:
        ctx = self.handle
        params = z3core.Z3_mk_params(ctx)
        z3core.Z3_params_inc_ref(ctx, params)
        # To Z3 a limit of 0 is none.
        for name, value in (("rlimit", max(1, budget)), ("random_seed", seed)):
            symbol = z3core.Z3_mk_string_symbol(ctx, name)
            z3core.Z3_params_set_uint(ctx, params, symbol, value)
        z3core.Z3_solver_set_params(ctx, solver, params)

    def _work(self, solver: Handle) -> int:
        ctx = self.handle
        statistics = z3core.Z3_solver_get_statistics(ctx, solver)
        for i in range(z3core.Z3_stats_size(ctx, statistics)):
            if z3core.Z3_stats_get_key(ctx, statistics, i) == "rlimit count":
                return int(z3core.Z3_stats_get_uint_value(ctx, statistics, i))
        return 0

    def _model(self, solver: Handle) -> dict[Term, int]:
        ctx = self.handle
        model = z3core.Z3_solver_get_model(ctx, solver)
        z3core.Z3_model_inc_ref(ctx, model)
        found = {}
        for leaf, handle in self.leaves.items():
            out = (z3types.Ast * 1)()
            z3core.Z3_model_eval(ctx, model, handle, True, out)
            text = z3core.Z3_ast_to_string(ctx, out[0])
            found[leaf] = _read_value(str(text))
        return found

    def _translate(self, facts: Sequence[Term]) -> dict[Term, Handle]:
        ctx = self.handle
        integer, truth = z3core.Z3_mk_int_sort(ctx), z3core.Z3_mk_bool_sort(ctx)
        functions: dict[tuple[str, int], Handle] = {}
        done: dict[Term, Handle] = {}
        products: dict[frozenset[Term], Handle] = {}
        for node in terms.postorder(facts):
            args = [done[arg] for arg in node.args]
            match node.op:
                case "const":
                    done[node] = z3core.Z3_mk_numeral(ctx, str(node.value), integer)
                case "var" | "flag":
                    symbol = z3core.Z3_mk_string_symbol(ctx, str(node.value))
                    done[node] = z3core.Z3_mk_const(ctx, symbol, truth if node.is_bool else integer)
                    self.leaves[node] = done[node]
                case "app" | "pred":
                    key = str(node.value), len(args)
                    if key not in functions:
                        symbol = z3core.Z3_mk_string_symbol(ctx, key[0])
                        sorts = [truth if arg.is_bool else integer for arg in node.args]
                        domain = (z3types.Sort * len(sorts))(*sorts)
                        result = truth if node.is_bool else integer
                        functions[key] = z3core.Z3_mk_func_decl(ctx, symbol, len(sorts), domain, result)
                    done[node] = z3core.Z3_mk_app(ctx, functions[key], len(args), _array(args))
                    self.leaves[node] = done[node]
                case "mul" if self.engine == "linear" and node.args[1].op != "const":
                    factors = frozenset(node.args)
                    if factors not in products:
                        symbol = z3core.Z3_mk_string_symbol(ctx, f"product {len(products)}")
                        products[factors] = z3core.Z3_mk_const(ctx, symbol, integer)
                    done[node] = products[factors]
                case _:
                    done[node] = _MAKERS[node.op](ctx, args)
        return done


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
