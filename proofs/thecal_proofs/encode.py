# SPDX-License-Identifier: Apache-2.0
"""Symbolic evaluation: runs the intermediate form on terms, every path at once.

Branches merge leaf by leaf, loops unroll, calls are inlined and remembered per arguments. Beside its value every
call yields a `Summary` of what must hold for it to be defined (an index in range, an intermediate in 64 bits),
each along its path from the function's entry; `flatten_checks` joins the paths of all calls.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from thecal_proofs import terms, values
from thecal_proofs.frontend import Program, ir
from thecal_proofs.frontend.refusal import Loc
from thecal_proofs.frontend.types import BoolType, RecordType, Type
from thecal_proofs.rebuilding import rebuild
from thecal_proofs.terms import FALSE, TRUE, Term
from thecal_proofs.values import Record, Value

INT64_MIN = terms.const(-(2**63))
INT64_MAX = terms.const(2**63 - 1)


@dataclass(frozen=True, slots=True)
class Check:
    """One partial operation: on the path, the condition must hold."""

    kind: str
    path: Term
    condition: Term
    loc: Loc
    function: str


@dataclass(slots=True, eq=False)
class Summary:
    """One call: its value, its own checks, and the calls it makes with their paths."""

    value: Value
    checks: list[Check] = field(default_factory=list)
    calls: "list[tuple[Term, Summary]]" = field(default_factory=list)


@dataclass(slots=True)
class Frame:
    """The call being evaluated; `path` is the condition since its entry."""

    function: ir.Signature | None
    path: Term
    summary: Summary


Env = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Exit:
    """A return under a condition, valid where no earlier one was taken, and where it stands."""

    condition: Term
    value: Value
    loc: Loc


@dataclass(frozen=True, slots=True)
class Promise:
    """What holds of a function's result, over unknowns for its arguments' leaves and its result's."""

    arguments: tuple[Term, ...]
    results: tuple[Term, ...]
    fact: Term


class Contracts:
    """What is promised of any call of an opaque function, met in a formula under whatever arguments."""

    def __init__(self) -> None:
        self._promises: dict[str, Promise] = {}
        self._functions: dict[str, str] = {}
        self._facts: dict[Term, Term] = {}

    def learn(self, function: ir.Signature, promise: Promise) -> None:
        """Remember what a function promises, by the names of its result's leaves."""
        for leaf in promise.results:
            if self._promises.setdefault(str(leaf.value), promise) is not promise:
                raise TypeError(f"two opaque functions are called {function.name}")
            self._functions[str(leaf.value)] = function.qualified

    def functions(self, fact: Term) -> set[str]:
        """The functions whose results a fact speaks of: what is proved with it may rest on their promises."""
        names = {self._functions.get(str(node.value)) for node in terms.calls(fact)}
        return {name for name in names if name is not None}

    def promise(self, node: Term) -> Promise | None:
        """What is promised of all calls of the function whose result a term is, if it is one of an opaque function."""
        return self._promises.get(str(node.value)) if node.op in ("app", "pred") else None

    def fact(self, node: Term) -> Term | None:
        """What is promised of a term, if it is the result of an opaque function."""
        if node.op not in ("app", "pred"):
            return None
        found = self._facts.get(node)
        if found is None:
            promise = self._promises.get(str(node.value))
            if promise is None:
                return None
            known = dict(zip(promise.arguments, node.args, strict=True))
            for leaf in promise.results:
                known[leaf] = terms.apply(str(leaf.value), node.args, leaf.is_bool)
            found = self._facts[node] = rebuild(promise.fact, known)
        return found


class Encoder:
    """Evaluates functions of one program; `opaque` ones become uninterpreted, tied to their contract."""

    def __init__(
        self,
        program: Program,
        opaque: Mapping[ir.Signature, ir.Signature] | None = None,
        requires: Mapping[ir.Signature, ir.Signature] | None = None,
    ) -> None:
        self.program = program
        self.opaque = dict(opaque or {})
        self.requires = dict(requires or {})
        self.contracts = Contracts()
        self._promises: dict[ir.Signature, Promise] = {}
        self._calls: dict[tuple[object, ...], Summary] = {}
        self._constants: dict[tuple[str, str], Value] = {}
        self._frames: list[Frame] = [Frame(None, TRUE, Summary(TRUE))]
        self._rules: dict[type[Any], Callable[[Any, Env], Value]] = {
            ir.Literal: self._literal,
            ir.Constant: self._constant,
            ir.Local: self._local,
            ir.Field: self._field,
            ir.Index: self._index,
            ir.Slice: self._slice,
            ir.TupleOf: self._tuple_of,
            ir.Concat: self._concat,
            ir.Repeat: self._repeat,
            ir.Arith: self._arith,
            ir.Negate: self._negate,
            ir.Absolute: self._absolute,
            ir.Extreme: self._extreme,
            ir.ToInt: self._to_int,
            ir.Compare: self._compare,
            ir.Logic: self._logic,
            ir.Not: self._not,
            ir.Choose: self._choose,
            ir.Call: self._call,
            ir.Build: self._build,
            ir.Update: self._update,
            ir.IsInstance: self._is_instance,
            ir.Fold: self._fold,
        }

    def run(self, function: ir.Signature, args: Sequence[Value]) -> Summary:
        """Evaluate a function on symbolic arguments."""
        key = (function, *args)
        found = self._calls.get(key)
        if found is None:
            found = self._opaque_call(function, args) if function in self.opaque else self._inline(function, args)
            found = self._calls[key] = self._demand(function, args, found)
        return found

    def unfold(self, function: ir.Signature, args: Sequence[Value]) -> Summary:
        """Evaluate a function by its body even if it is opaque: how a contract itself is proved."""
        return self._inline(function, args)

    def _inline(self, function: ir.Signature, args: Sequence[Value]) -> Summary:
        body = self.program.body(function)
        if any(frame.function is function for frame in self._frames):
            raise RecursionError(f"{function.qualified} calls itself")
        frame = Frame(function, TRUE, Summary(TRUE))
        self._frames.append(frame)
        try:
            env: Env = {name: arg for (name, _), arg in zip(function.params, args, strict=True)}
            frame.summary.value = self.settle(self._block(body, env))
        finally:
            self._frames.pop()
        return frame.summary

    def settle(self, exits: Sequence[Exit]) -> Value:
        """The result of a function that may be left in several places."""
        result = exits[-1].value
        for leave in reversed(exits[:-1]):
            result = self.leave(leave, result)
        return result

    def leave(self, taken: Exit, otherwise: Value) -> Value:
        """The result where one exit is taken, or else a later one."""
        return values.choose(taken.condition, taken.value, otherwise)

    def _demand(self, function: ir.Signature, args: Sequence[Value], summary: Summary) -> Summary:
        """Put in place of a function's own operations what it requires, under which they were proved once."""
        required = self.requires.get(function)
        if required is None:
            return summary
        given: dict[str, Value] = {name: arg for (name, _), arg in zip(function.params, args, strict=True)}
        holds = _term(self.run(required, [given[name] for name, _ in required.params]).value)
        check = Check("requires", TRUE, holds, function.loc, function.qualified)
        return Summary(summary.value, [] if holds is TRUE else [check])

    def _opaque_call(self, function: ir.Signature, args: Sequence[Value]) -> Summary:
        self.contracts.learn(function, self._promise(function))
        inputs = tuple(leaf for arg in args for leaf in values.leaves(arg))
        named = values.leaf_names(function.result, function.name)
        result = values.from_leaves(
            function.result, (terms.apply(name, inputs, isinstance(t, BoolType)) for name, t in named)
        )
        if function in self.requires:
            return Summary(result)
        body = self._inline(function, args)  # hidden from the value, but its own operations stay obligations
        return Summary(result, body.checks, body.calls)

    def _promise(self, function: ir.Signature) -> "Promise":
        """What an opaque function promises of any arguments."""
        found = self._promises.get(function)
        if found is None:
            given = {name: values.symbol(type_, f"{function.name} of {name}") for name, type_ in function.params}
            result = values.symbol(function.result, function.name)
            contract = self.opaque[function]
            names = {**given, "result": result}
            holds = _term(self.run(contract, [names[name] for name, _ in contract.params]).value)
            found = self._promises[function] = Promise(
                tuple(leaf for value in given.values() for leaf in values.leaves(value)),
                tuple(values.leaves(result)),
                terms.all_of([*values.in_shape(function.result, result), holds]),
            )
        return found

    # Statements

    def _block(self, block: ir.Block, env: Env) -> list[Exit]:
        """Run statements, changing `env`; return the exits, the last one certain if no path falls through."""
        exits: list[Exit] = []
        frame = self._frames[-1]
        entered = frame.path
        for statement in block:
            new = self._statement(statement, env)
            exits.extend(new)
            if new and new[-1].condition is TRUE:
                break
            for leave in new:
                frame.path = terms.both(frame.path, terms.negate(leave.condition))
        frame.path = entered
        return exits

    def _statement(self, statement: ir.Stmt, env: Env) -> list[Exit]:
        match statement:
            case ir.Assign():
                env[statement.name] = self.evaluate(statement.value, env)
                return []
            case ir.Return():
                return [Exit(TRUE, self.evaluate(statement.value, env), statement.loc)]
            case ir.If():
                return self._if(statement, env)
            case ir.For():
                return self._for(statement, env)

    def _if(self, statement: ir.If, env: Env) -> list[Exit]:
        test = self._truth(statement.test, env)
        if test is TRUE or test is FALSE:
            return self._block(statement.then if test is TRUE else statement.other, env)
        frame = self._frames[-1]
        entered = frame.path
        then_env, other_env = dict(env), dict(env)
        frame.path = terms.both(entered, test)
        then = self._block(statement.then, then_env)
        frame.path = terms.both(entered, terms.negate(test))
        other = self._block(statement.other, other_env)
        frame.path = entered
        _merge(env, test, then_env if not _is_certain(then) else None, other_env if not _is_certain(other) else None)
        return self._join(test, then, other, statement.loc)

    def _join(self, test: Term, then: list[Exit], other: list[Exit], loc: Loc) -> list[Exit]:
        """Join the exits of two branches into at most one, so that results nest as the source does."""
        if not then and not other:
            return []
        if not other:
            return [Exit(terms.both(test, leave.condition), leave.value, loc) for leave in then]
        if not then:
            return [Exit(terms.both(terms.negate(test), leave.condition), leave.value, loc) for leave in other]
        condition = terms.ite(test, _taken(then), _taken(other))
        return [Exit(condition, values.choose(test, self.settle(then), self.settle(other)), loc)]

    def _for(self, statement: ir.For, env: Env) -> list[Exit]:
        exits: list[Exit] = []
        frame = self._frames[-1]
        entered = frame.path
        for item in self._items(statement.iterable, env):
            _bind(statement.target, item, env)
            new = self._block(statement.body, env)
            exits.extend(new)
            if _is_certain(new):
                break
            for leave in new:
                frame.path = terms.both(frame.path, terms.negate(leave.condition))
        frame.path = entered
        return exits

    # Expressions

    def evaluate(self, expr: ir.Expr, env: Env) -> Value:
        """Evaluate one expression on the current path."""
        return self._rules[type(expr)](expr, env)

    def _truth(self, expr: ir.Expr, env: Env) -> Term:
        return _term(self.evaluate(expr, env))

    def _literal(self, expr: ir.Literal, _: Env) -> Value:
        return terms.truth(bool(expr.value)) if isinstance(expr.type, BoolType) else terms.const(expr.value)

    def _constant(self, expr: ir.Constant, _: Env) -> Value:
        key = expr.module, expr.name
        if key not in self._constants:
            self._constants[key] = self.evaluate(expr.value, {})
        return self._constants[key]

    def _local(self, expr: ir.Local, env: Env) -> Value:
        return env[expr.name]

    def _field(self, expr: ir.Field, env: Env) -> Value:
        return _items(self.evaluate(expr.record, env))[expr.index]

    def _index(self, expr: ir.Index, env: Env) -> Value:
        items = _items(self.evaluate(expr.items, env))
        index = self._truth(expr.index, env)
        inside = terms.both(terms.le(terms.ZERO, index), terms.lt(index, terms.const(len(items))))
        if index.op == "const":
            if inside is TRUE:
                return items[int(index.value)]
            self._check("index", FALSE, expr.loc)
            return items[0] if items else values.from_leaves(expr.type, iter(lambda: terms.ZERO, None))
        self._check("index", inside, expr.loc)
        chosen = items[-1]
        for position in range(len(items) - 2, -1, -1):
            chosen = values.choose(terms.eq(index, terms.const(position)), items[position], chosen)
        return chosen

    def _slice(self, expr: ir.Slice, env: Env) -> Value:
        return values.tuple_of(_items(self.evaluate(expr.items, env))[expr.start : expr.stop])

    def _tuple_of(self, expr: ir.TupleOf, env: Env) -> Value:
        return values.tuple_of(tuple(self.evaluate(item, env) for item in expr.items))

    def _concat(self, expr: ir.Concat, env: Env) -> Value:
        left, right = self.evaluate(expr.left, env), self.evaluate(expr.right, env)
        return values.tuple_of(_items(left) + _items(right))

    def _repeat(self, expr: ir.Repeat, env: Env) -> Value:
        return values.tuple_of(_items(self.evaluate(expr.items, env)) * expr.count)

    def _arith(self, expr: ir.Arith, env: Env) -> Value:
        a, b = self._truth(expr.left, env), self._truth(expr.right, env)
        match expr.op:
            case "+":
                return self._ranged(terms.add(a, b), expr.loc)
            case "-":
                return self._ranged(terms.sub(a, b), expr.loc)
            case "*":
                return self._ranged(terms.mul(a, b), expr.loc)
            case "//":
                return terms.div(a, int(b.value))
            case _:
                return terms.mod(a, int(b.value))

    def _negate(self, expr: ir.Negate, env: Env) -> Value:
        return self._ranged(terms.sub(terms.ZERO, self._truth(expr.operand, env)), expr.loc)

    def _absolute(self, expr: ir.Absolute, env: Env) -> Value:
        operand = self._truth(expr.operand, env)
        opposite = self._ranged(terms.sub(terms.ZERO, operand), expr.loc)
        return terms.ite(terms.le(terms.ZERO, operand), operand, opposite)

    def _extreme(self, expr: ir.Extreme, env: Env) -> Value:
        return _extreme_of(expr.op, [self._truth(item, env) for item in expr.items])

    def _to_int(self, expr: ir.ToInt, env: Env) -> Value:
        return terms.ite(self._truth(expr.operand, env), terms.ONE, terms.ZERO)

    def _compare(self, expr: ir.Compare, env: Env) -> Value:
        a, b = self.evaluate(expr.left, env), self.evaluate(expr.right, env)
        match expr.op:
            case "==":
                return values.equal(a, b)
            case "!=":
                return terms.negate(values.equal(a, b))
            case "<":
                return terms.lt(_term(a), _term(b))
            case "<=":
                return terms.le(_term(a), _term(b))
            case ">":
                return terms.lt(_term(b), _term(a))
            case _:
                return terms.le(_term(b), _term(a))

    def _logic(self, expr: ir.Logic, env: Env) -> Value:
        return self._short_circuit(expr.op == "and", [partial(self._truth, item, env) for item in expr.items])

    def _short_circuit(self, conjunction: bool, items: Sequence[Callable[[], Term]]) -> Term:
        """Evaluate truths from the left, each on the path where the earlier ones did not decide."""
        frame = self._frames[-1]
        entered = frame.path
        found: list[Term] = []
        for item in items:
            term = item()
            found.append(term)
            if term is (FALSE if conjunction else TRUE):
                break
            frame.path = terms.both(frame.path, term if conjunction else terms.negate(term))
        frame.path = entered
        return terms.all_of(found) if conjunction else terms.any_of(found)

    def _not(self, expr: ir.Not, env: Env) -> Value:
        return terms.negate(self._truth(expr.operand, env))

    def _choose(self, expr: ir.Choose, env: Env) -> Value:
        test = self._truth(expr.test, env)
        if test is TRUE or test is FALSE:
            return self.evaluate(expr.then if test is TRUE else expr.other, env)
        then = self._under(test, partial(self.evaluate, expr.then, env))
        other = self._under(terms.negate(test), partial(self.evaluate, expr.other, env))
        return values.choose(test, then, other)

    def _under(self, condition: Term, action: Callable[[], Value]) -> Value:
        frame = self._frames[-1]
        entered = frame.path
        frame.path = terms.both(entered, condition)
        result = action()
        frame.path = entered
        return result

    def _call(self, expr: ir.Call, env: Env) -> Value:
        summary = self.run(expr.function, [self.evaluate(arg, env) for arg in expr.args])
        frame = self._frames[-1]
        if summary.checks or summary.calls:
            frame.summary.calls.append((frame.path, summary))
        return summary.value

    def _build(self, expr: ir.Build, env: Env) -> Value:
        items = tuple(self.evaluate(arg, env) for arg in expr.args)
        return values.record(_record_type(expr.type), items)

    def _update(self, expr: ir.Update, env: Env) -> Value:
        items = list(_items(self.evaluate(expr.record, env)))
        for index, change in expr.changes:
            items[index] = self.evaluate(change, env)
        return values.record(_record_type(expr.type), tuple(items))

    def _is_instance(self, expr: ir.IsInstance, env: Env) -> Value:
        value = self.evaluate(expr.value, env)
        return terms.truth(isinstance(value, Record) and value.type in expr.records)

    def _fold(self, expr: ir.Fold, env: Env) -> Value:
        items = self._items(expr.iterable, env)
        if expr.op in ("any", "all"):
            turns = [partial(self._turn, expr, item, env) for item in items]
            return self._short_circuit(expr.op == "all", turns)
        if expr.op == "sum":
            return self._sum(expr, items, env)
        found = [self.evaluate(expr.body, _extended(expr.target, item, env)) for item in items]
        return values.tuple_of(tuple(found)) if expr.op == "tuple" else _extreme_of(expr.op, map(_term, found))

    def _turn(self, expr: ir.Fold, item: Value, env: Env) -> Term:
        inner = _extended(expr.target, item, env)
        if expr.condition is None:
            return self._truth(expr.body, inner)
        condition = self._truth(expr.condition, inner)
        if condition is FALSE:
            return terms.truth(expr.op == "all")
        body = _term(self._under(condition, partial(self.evaluate, expr.body, inner)))
        return terms.implies(condition, body) if expr.op == "all" else terms.both(condition, body)

    def _sum(self, expr: ir.Fold, items: Sequence[Value], env: Env) -> Term:
        total = terms.ZERO
        for item in items:
            inner = _extended(expr.target, item, env)
            condition = TRUE if expr.condition is None else self._truth(expr.condition, inner)
            if condition is FALSE:
                continue
            body = _term(self._under(condition, partial(self.evaluate, expr.body, inner)))
            total = self._ranged(terms.add(total, terms.ite(condition, body, terms.ZERO)), expr.loc)
        return total

    # Iterables, checks

    def _items(self, iterable: ir.Iterable, env: Env) -> Sequence[Value]:
        match iterable:
            case ir.Each():
                return _items(self.evaluate(iterable.items, env))
            case ir.Range():
                return [terms.const(value) for value in iterable.values]
            case ir.Zip():
                parts = [self._items(part, env) for part in iterable.parts]
                return [values.tuple_of(row) for row in zip(*parts, strict=True)]
            case ir.Enumerate():
                items = self._items(iterable.part, env)
                first = iterable.start
                return [values.tuple_of((terms.const(i), item)) for i, item in enumerate(items, first)]
            case ir.Reversed():
                return list(reversed(self._items(iterable.part, env)))

    def _ranged(self, term: Term, loc: Loc) -> Term:
        if term.op not in ("const", "var"):
            fits = terms.both(terms.le(INT64_MIN, term), terms.le(term, INT64_MAX))
            self._check("range", fits, loc)
        elif term.op == "const" and not -(2**63) <= int(term.value) < 2**63:
            self._check("range", FALSE, loc)
        return term

    def _check(self, kind: str, condition: Term, loc: Loc) -> None:
        frame = self._frames[-1]
        if condition is not TRUE and frame.path is not FALSE:
            name = "constant" if frame.function is None else frame.function.qualified
            frame.summary.checks.append(Check(kind, frame.path, condition, loc, name))


def flatten_checks(root: Summary) -> list[Check]:
    """List the checks of a call and all calls below it, each along the union of the paths that lead to it."""
    order: list[Summary] = []
    seen: set[Summary] = set()

    def visit(summary: Summary) -> None:
        seen.add(summary)
        for _, callee in summary.calls:
            if callee not in seen:
                visit(callee)
        order.append(summary)

    visit(root)
    paths: dict[Summary, list[Term]] = {root: [TRUE]}
    found: list[Check] = []
    for summary in reversed(order):
        entry = terms.any_of(paths[summary])
        for path, callee in summary.calls:
            paths.setdefault(callee, []).append(terms.both(entry, path))
        for check in summary.checks:
            path = terms.both(entry, check.path)
            if path is not FALSE:
                found.append(Check(check.kind, path, check.condition, check.loc, check.function))
    return found


def _is_certain(exits: list[Exit]) -> bool:
    return bool(exits) and exits[-1].condition is TRUE


def _taken(exits: list[Exit]) -> Term:
    return terms.any_of(leave.condition for leave in exits)


def _merge(env: Env, test: Term, then: Env | None, other: Env | None) -> None:
    """Put into `env` what holds after a branch; a side that surely returned does not count."""
    if then is None or other is None:
        env.update(then or other or {})
        return
    for name in then.keys() & other.keys():
        env[name] = values.choose(test, then[name], other[name])


def _bind(target: ir.Target, item: Value, env: Env) -> None:
    if isinstance(target, ir.Bind):
        env[target.name] = item
    else:
        for inner, part in zip(target.items, _items(item), strict=True):
            _bind(inner, part, env)


def _extended(target: ir.Target, item: Value, env: Env) -> Env:
    inner = dict(env)
    _bind(target, item, inner)
    return inner


def _extreme_of(op: str, items: "Sequence[Term] | map[Term]") -> Term:
    best, *rest = items
    for item in rest:
        # CPython keeps the earlier one of equals; for integers that is the same value.
        best = terms.ite(terms.lt(item, best) if op == "min" else terms.lt(best, item), item, best)
    return best


def _term(value: Value) -> Term:
    if not isinstance(value, Term):
        raise TypeError("a structure where a term is needed")
    return value


def _items(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Term):
        raise TypeError("a term where a structure is needed")
    return value.items


def _record_type(found: Type) -> RecordType:
    if not isinstance(found, RecordType):
        raise TypeError(f"{found} is no record")
    return found
