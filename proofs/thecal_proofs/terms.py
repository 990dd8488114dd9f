# SPDX-License-Identifier: Apache-2.0
"""A hash-consed term graph over Int and Bool: equal terms are one object, so equality is `is`.

Constructors simplify only where it is cheap and obvious: constants, identities, nested choices, comparisons of
choices among constants. Nothing reorders operands by age, so a formula depends on its meaning alone and not on
what was encoded before it: budgets stay reproducible. The table lives as long as the process, which is why
workers are forked per event and thrown away.
"""

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal, TypeAlias

Op: TypeAlias = Literal[
    "const", "true", "false", "var", "flag", "add", "sub", "mul", "div", "mod", "ite", "eq", "le", "lt",
    "and", "or", "not", "app", "pred",
]  # fmt: skip
BOOLEAN_OPS = frozenset(("true", "false", "flag", "eq", "le", "lt", "and", "or", "not", "pred"))
SMALL = 8  # nodes; what is larger is walked through only where nothing smaller is found
FEW_PARTS = 16  # a condition of more parts is not taken for a conclusion


class Term:
    """One node. `value` is the integer of a constant or the name of a variable or function."""

    __slots__ = ("args", "is_bool", "op", "value")

    def __init__(self, op: Op, args: "tuple[Term, ...]", value: int | str, is_bool: bool) -> None:
        self.op = op
        self.args = args
        self.value = value
        self.is_bool = is_bool

    def __repr__(self) -> str:
        if not self.args:
            return str(self.value) if self.op in ("const", "var", "flag") else self.op
        return f"({self.op if self.value == '' else self.value} {' '.join(map(repr, self.args))})"


_TABLE: dict[tuple[object, ...], Term] = {}
_LISTENERS: list[Callable[[Term], None]] = []


def _make(op: Op, args: tuple[Term, ...], value: int | str = "", is_bool: bool | None = None) -> Term:
    key = (op, value, args)
    found = _TABLE.get(key)
    if found is None:
        found = _TABLE[key] = Term(op, args, value, op in BOOLEAN_OPS if is_bool is None else is_bool)
    for listen in _LISTENERS:
        listen(found)
    return found


@contextmanager
def overheard(listen: Callable[[Term], None]) -> Iterator[None]:
    """Hear of every node that is made in here, and of one that is made again."""
    _LISTENERS.append(listen)
    try:
        yield
    finally:
        _LISTENERS.remove(listen)


TRUE = _make("true", ())
FALSE = _make("false", ())


def const(value: int) -> Term:
    """An integer constant."""
    return _make("const", (), value)


ZERO = const(0)
ONE = const(1)


def truth(value: bool) -> Term:
    """A truth constant."""
    return TRUE if value else FALSE


def var(name: str) -> Term:
    """An integer unknown."""
    return _make("var", (), name)


def flag(name: str) -> Term:
    """A truth unknown."""
    return _make("flag", (), name)


def apply(name: str, args: tuple[Term, ...], is_bool: bool) -> Term:
    """An uninterpreted function of integers and truths."""
    return _make("pred" if is_bool else "app", args, name)


def add(a: Term, b: Term) -> Term:
    """a + b"""
    if a.op == "const":
        a, b = b, a
    if b.op == "const":
        if a.op == "const":
            return const(int(a.value) + int(b.value))
        if b.value == 0:
            return a
        if a.op == "add" and a.args[1].op == "const":
            return add(a.args[0], const(int(a.args[1].value) + int(b.value)))
    return _make("add", (a, b))


def sub(a: Term, b: Term) -> Term:
    """a - b"""
    if a is b:
        return ZERO
    if b.op == "const":
        return add(a, const(-int(b.value)))
    if a.op == "add":
        if a.args[0] is b:
            return a.args[1]
        if a.args[1] is b:
            return a.args[0]
    return _make("sub", (a, b))


def mul(a: Term, b: Term) -> Term:
    """a * b"""
    if a.op == "const":
        a, b = b, a
    if b.op == "const":
        if a.op == "const":
            return const(int(a.value) * int(b.value))
        if b.value == 0:
            return ZERO
        if b.value == 1:
            return a
    return _make("mul", (a, b))


def div(a: Term, divisor: int) -> Term:
    """Floor of a / divisor; the divisor is positive, so SMT's Euclidean division is the same."""
    if a.op == "const":
        return const(int(a.value) // divisor)
    return a if divisor == 1 else _make("div", (a, const(divisor)))


def mod(a: Term, divisor: int) -> Term:
    """a modulo divisor; the divisor is positive, so SMT's Euclidean remainder is the same."""
    if a.op == "const":
        return const(int(a.value) % divisor)
    return ZERO if divisor == 1 else _make("mod", (a, const(divisor)))


def ite(c: Term, a: Term, b: Term) -> Term:
    """a if c else b, of either sort"""
    if a is b or c is TRUE:
        return a
    if c is FALSE:
        return b
    if c.op == "not":
        c, a, b = c.args[0], b, a
    if a.op == "ite" and a.args[0] is c:
        a = a.args[1]
    if b.op == "ite" and b.args[0] is c:
        b = b.args[2]
    if a is b:
        return a
    if a.is_bool:
        if a is TRUE:
            return either(c, b)
        if a is FALSE:
            return both(negate(c), b)
        if b is TRUE:
            return either(negate(c), a)
        if b is FALSE or b is c:
            return both(c, a)
        if a is c:
            return either(c, b)
        if c.op == "and" and b in c.args:  # what has to hold anyway, and a only where the rest of the condition does
            return both(b, implies(all_of(part for part in c.args if part is not b), a))
    if b.op == "ite" and b.args[1] is a:
        return ite(either(c, b.args[0]), a, b.args[2])
    return _make("ite", (c, a, b), is_bool=a.is_bool)


def eq(a: Term, b: Term) -> Term:
    """a = b, of one sort"""
    if a is b:
        return TRUE
    if a.is_bool:
        return _iff(a, b)
    if a.op == "const":
        a, b = b, a
    if b.op == "const":
        if a.op == "const":
            return FALSE
        if a.op == "ite":
            return _choice_eq(a, b)
        if a.op == "add" and a.args[1].op == "const":
            return eq(a.args[0], const(int(b.value) - int(a.args[1].value)))
    return _make("eq", (a, b))


def _iff(a: Term, b: Term) -> Term:
    if a is TRUE or b is TRUE:
        return b if a is TRUE else a
    if a is FALSE or b is FALSE:
        return negate(b if a is FALSE else a)
    return _make("eq", (a, b))


_CHOICES: dict[tuple[Term, Term], Term] = {}


_OF_CONSTANTS: dict[Term, bool] = {}


def _is_of_constants(choice: Term) -> bool:
    """Whether a choice is among constants alone, as one of an enum's members is."""
    known = _OF_CONSTANTS.get(choice)
    if known is None:
        branches = choice.args[1:]
        known = all(b.op == "const" or (b.op == "ite" and _is_of_constants(b)) for b in branches)
        _OF_CONSTANTS[choice] = known
    return known


def _choice_eq(a: Term, b: Term) -> Term:
    """Push a comparison with a constant into a choice when a branch decides it; enums get small this way."""
    known = _CHOICES.get((a, b))
    if known is None:
        c, then, other = a.args
        if then.op == "const" or other.op == "const" or _is_of_constants(a):
            known = ite(c, eq(then, b), eq(other, b))
        else:
            known = _make("eq", (a, b))
        _CHOICES[a, b] = known
    return known


def le(a: Term, b: Term) -> Term:
    """a <= b"""
    if a is b:
        return TRUE
    if a.op == "const" and b.op == "const":
        return truth(int(a.value) <= int(b.value))
    return _make("le", (a, b))


def lt(a: Term, b: Term) -> Term:
    """a < b; against a constant written as <=, so that equal conditions are one term"""
    if b.op == "const":
        return le(a, const(int(b.value) - 1))
    if a.op == "const":
        return le(const(int(a.value) + 1), b)
    return FALSE if a is b else _make("lt", (a, b))


def negate(a: Term) -> Term:
    """not a"""
    if a.op == "not":
        return a.args[0]
    if a is TRUE or a is FALSE:
        return truth(a is FALSE)
    if a.op == "le":
        return lt(a.args[1], a.args[0])
    if a.op == "lt":
        return le(a.args[1], a.args[0])
    return _make("not", (a,))


def both(a: Term, b: Term) -> Term:
    """a and b, not flattened: path conditions share their beginnings"""
    if a is b or b is TRUE:
        return a
    if a is TRUE:
        return b
    if a is FALSE or b is FALSE or _opposite(a, b):
        return FALSE
    return _make("and", (a, b))


def either(a: Term, b: Term) -> Term:
    """a or b, not flattened"""
    if a is b or b is FALSE:
        return a
    if a is FALSE:
        return b
    if a is TRUE or b is TRUE or _opposite(a, b):
        return TRUE
    return _make("or", (a, b))


def _opposite(a: Term, b: Term) -> bool:
    return (a.op == "not" and a.args[0] is b) or (b.op == "not" and b.args[0] is a)


def implies(a: Term, b: Term) -> Term:
    """not a or b"""
    return either(negate(a), b)


def all_of(items: Iterable[Term]) -> Term:
    """A flat conjunction without repetitions."""
    return _flat("and", items, TRUE, FALSE)


def any_of(items: Iterable[Term]) -> Term:
    """A flat disjunction without repetitions."""
    return _flat("or", items, FALSE, TRUE)


def _flat(op: Literal["and", "or"], items: Iterable[Term], neutral: Term, absorbing: Term) -> Term:
    kept: dict[Term, None] = {}
    for item in items:
        if item is absorbing or negate(item) in kept:
            return absorbing
        if item is not neutral:
            kept[item] = None
    if not kept:
        return neutral
    return next(iter(kept)) if len(kept) == 1 else _make(op, tuple(kept))


def conjuncts(term: Term) -> list[Term]:
    """Split nested conjunctions, and what is not one or the other, into their parts, each once, in order."""
    found: dict[Term, None] = {}
    todo = [term]
    while todo:
        item = todo.pop()
        if item.op == "and":
            todo.extend(reversed(item.args))
        elif item.op == "not" and item.args[0].op == "or":
            todo.extend(negate(part) for part in reversed(item.args[0].args))
        elif item is not TRUE:
            found[item] = None
    return list(found)


def postorder(roots: Iterable[Term], known: Container[Term] = ()) -> list[Term]:
    """List every node under the roots once, operands first; the order depends on shape alone.

    What is known is left out, with all that only it is made of.
    """
    return _postorder(roots, known, False)


def visible(roots: Iterable[Term], known: Container[Term] = ()) -> list[Term]:
    """The same without what unknown functions are asked."""
    return _postorder(roots, known, True)


def _postorder(roots: Iterable[Term], known: Container[Term], is_visible: bool) -> list[Term]:
    order: dict[Term, None] = {}
    for root in roots:
        todo = [root]
        while todo:
            term = todo[-1]
            if term in order or term in known:
                todo.pop()
                continue
            if term.args and not (is_visible and term.op in ("app", "pred")):
                missing = [arg for arg in term.args if arg not in order and arg not in known]
                if missing:
                    todo.extend(reversed(missing))
                    continue
            order[term] = None
            todo.pop()
    return list(order)


_SIZES: dict[Term, int] = {}


def size(term: Term) -> int:
    """How many nodes a term has, each counted once."""
    found = _SIZES.get(term)
    if found is None:
        found = _SIZES[term] = len(postorder((term,)))
    return found


def is_small(term: Term, limit: int) -> bool:
    """Whether a term has at most so many nodes; a large one is not walked through."""
    found = _SIZES.get(term)
    if found is not None:
        return found <= limit
    seen = {term}
    todo = [term]
    while todo:
        for arg in todo.pop().args:
            if arg not in seen:
                if len(seen) == limit:
                    return False
                seen.add(arg)
                todo.append(arg)
    _SIZES[term] = len(seen)
    return True


def smallest(found: Sequence[Term]) -> Term:
    """Of some terms the one with the fewest nodes, the first of equals."""
    limit = SMALL
    while not any(is_small(term, limit) for term in found):
        limit *= SMALL
    return min((term for term in found if is_small(term, limit)), key=size)


_FINGERPRINTS: dict[Term, int] = {}
_SEEDS: dict[str, int] = {}
_BITS_KEPT = (1 << 64) - 1


def fingerprint(term: Term) -> int:
    """A number of 64 bits that depends on nothing but what a term says: the same in every run, on every machine."""
    found = _FINGERPRINTS.get(term)
    if found is not None:
        return found
    for node in postorder((term,), _FINGERPRINTS):
        number = _seed(node.op) ^ _seed(str(node.value))
        for arg in node.args:
            number = ((number ^ _FINGERPRINTS[arg]) * 0x9E3779B97F4A7C15 + 0x7F4A7C15) & _BITS_KEPT
            number ^= number >> 29
        _FINGERPRINTS[node] = number
    return _FINGERPRINTS[term]


def _seed(text: str) -> int:
    found = _SEEDS.get(text)
    if found is None:
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        found = _SEEDS[text] = int.from_bytes(digest, "big")
    return found


_HAS_CALLS: dict[Term, bool] = {}
_CALLS: dict[Term, tuple[Term, ...]] = {}


def calls(term: Term) -> tuple[Term, ...]:
    """The results of uninterpreted functions in a term, but for those that such functions are asked."""
    for node in postorder((term,), _HAS_CALLS):
        _HAS_CALLS[node] = node.op in ("app", "pred") or any(_HAS_CALLS[arg] for arg in node.args)
    if not _HAS_CALLS[term]:
        return ()
    found = _CALLS.get(term)
    if found is None:
        found = _CALLS[term] = tuple(node for node in visible((term,)) if node.op in ("app", "pred"))
    return found


_BITS: dict[Term, int] = {}
_MASKS: dict[Term, int] = {}


def mask(term: Term) -> int:
    """The unknowns that a term speaks of, as bits; remembered, because every choice of hypotheses asks.

    The result of an uninterpreted function is one unknown, whatever its arguments are.
    """
    found = _MASKS.get(term)
    if found is not None:
        return found
    for node in postorder((term,), _MASKS):
        if node.op in LEAF_OPS:
            _MASKS[node] = 1 << _BITS.setdefault(node, len(_BITS))
        else:
            bits = 0
            for arg in node.args:
                bits |= _MASKS[arg]
            _MASKS[node] = bits
    return _MASKS[term]


_DEEP_MASKS: dict[Term, int] = {}


def deep_mask(term: Term) -> int:
    """The unknowns that a term speaks of, and those of which it asks unknown functions, as bits."""
    found = _DEEP_MASKS.get(term)
    if found is not None:
        return found
    for node in postorder((term,), _DEEP_MASKS):
        bits = 1 << _BITS.setdefault(node, len(_BITS)) if node.op in LEAF_OPS else 0
        for arg in node.args:
            bits |= _DEEP_MASKS[arg]
        _DEEP_MASKS[node] = bits
    return _DEEP_MASKS[term]


def evaluate(term: Term, values: Mapping[str, int]) -> int:
    """Compute a term under an assignment by name; truths are 1 and 0, and what is not named is 0."""
    leaves = {node: values.get(str(node.value), 0) for node in postorder((term,)) if node.op in LEAF_OPS}
    return compute(postorder((term,)), leaves)[term]


LEAF_OPS = frozenset(("var", "flag", "app", "pred"))


def compute(order: Iterable[Term], leaves: Mapping[Term, int]) -> dict[Term, int]:
    """Compute every term of a postorder; a leaf that is not given counts as 0."""
    known: dict[Term, int] = {}
    for node in order:
        if node.op in LEAF_OPS:
            known[node] = leaves.get(node, 0)
        else:
            known[node] = _COMPUTE[node.op](node, [known[arg] for arg in node.args])
    return known


_COMPUTE: dict[str, Callable[[Term, list[int]], int]] = {
    "const": lambda node, _: int(node.value),
    "true": lambda _, __: 1,
    "false": lambda _, __: 0,
    "add": lambda _, args: args[0] + args[1],
    "sub": lambda _, args: args[0] - args[1],
    "mul": lambda _, args: args[0] * args[1],
    "div": lambda _, args: args[0] // args[1],
    "mod": lambda _, args: args[0] % args[1],
    "ite": lambda _, args: args[1] if args[0] else args[2],
    "eq": lambda _, args: int(args[0] == args[1]),
    "le": lambda _, args: int(args[0] <= args[1]),
    "lt": lambda _, args: int(args[0] < args[1]),
    "and": lambda _, args: int(all(args)),
    "or": lambda _, args: int(any(args)),
    "not": lambda _, args: 1 - args[0],
}


_PIECES: dict[Term, list[Term]] = {}


def pieces(term: Term) -> list[Term]:
    """Split a claim into the smallest claims that make it up: `a -> (b and c)` is `a -> b` and `a -> c`.

    That two truths are equal is that each follows from the other.
    """
    if term not in _PIECES:
        found: dict[Term, None] = {}
        for part in conjuncts(term):
            found.update(dict.fromkeys(_spread(part)))
        _PIECES[term] = list(found)
    return _PIECES[term]


def _spread(term: Term) -> list[Term]:
    if term.op == "eq" and term.args[0].is_bool:
        a, b = term.args
        return [*pieces(implies(a, b)), *pieces(implies(b, a))]
    if term.op != "or":
        return [term]
    flat = disjuncts(term)
    wide = [part for part in flat if part.op == "and"]
    if wide[-1:] == flat[-1:]:  # what is concluded comes last
        chosen = flat[-1]
    elif len(wide) == 1 and len(conjuncts(wide[0])) <= FEW_PARTS:
        chosen = wide[0]
    else:
        return [term]
    rest = [part for part in flat if part is not chosen]
    return [any_of([*rest, *disjuncts(part)]) for part in pieces(chosen)]


def disjuncts(term: Term) -> list[Term]:
    """Split nested disjunctions, and what is not one and the other, into their parts, each once, in order."""
    found: dict[Term, None] = {}
    todo = [term]
    while todo:
        item = todo.pop()
        if item.op == "or":
            todo.extend(reversed(item.args))
        elif item.op == "not" and item.args[0].op == "and":
            todo.extend(negate(part) for part in reversed(item.args[0].args))
        elif item is not FALSE:
            found[item] = None
    return list(found)


_NONLINEAR: dict[Term, bool] = {}


def is_nonlinear(term: Term) -> bool:
    """Whether a product of two unknowns occurs in a term."""
    for node in postorder((term,), _NONLINEAR):
        product = node.op == "mul" and all(arg.op != "const" for arg in node.args)
        _NONLINEAR[node] = product or any(_NONLINEAR[arg] for arg in node.args)
    return _NONLINEAR[term]


def remake(node: Term, args: tuple[Term, ...]) -> Term:
    """The node with other operands, simplified anew."""
    if args == node.args:
        return node
    match node.op:
        case "add":
            return add(*args)
        case "sub":
            return sub(*args)
        case "mul":
            return mul(*args)
        case "div":
            return div(args[0], int(args[1].value))
        case "mod":
            return mod(args[0], int(args[1].value))
        case "ite":
            return ite(*args)
        case "eq":
            return eq(*args)
        case "le":
            return le(*args)
        case "lt":
            return lt(*args)
        case "and":
            return all_of(args)
        case "or":
            return any_of(args)
        case "not":
            return negate(args[0])
        case _:
            return apply(str(node.value), args, node.is_bool)
