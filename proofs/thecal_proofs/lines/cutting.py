# SPDX-License-Identifier: Apache-2.0
"""Cuts a question along the lines of the kernel: what each line computes becomes an unknown, and a fact that says what.

Such a fact can be left out. Then the line may compute anything, and what is refuted even so does not need it. Nodes
that one line makes of its own stay together; where the text of another line, or of the specification, begins, is a cut.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thecal_proofs import terms
from thecal_proofs.lines.origins import Origins
from thecal_proofs.lines.used import NONE, Lines
from thecal_proofs.terms import Term

JOINTS = frozenset(("and", "or", "not"))


@dataclass(frozen=True, slots=True)
class Cut:
    """A question in pieces: what is asked, and what lines compute, by the lines that compute it.

    What the specification computes word for word as the kernel does is not cut, for it would be taken from both:
    `shared` has the lines of such nodes, by the fact in which they stand.
    """

    facts: tuple[Term, ...]
    computed: Mapping[Lines, Term]
    shared: Mapping[Term, Lines]


def cut(facts: Sequence[Term], origins: Origins) -> Cut:
    """Take what lines compute out of some facts."""
    order = terms.postorder(facts)
    owners = {node: lines for node in order if (lines := origins.find(node))}
    claimed = {node for node in owners if origins.is_claimed(node)}
    edges = _find_edges(facts, order, {node: lines for node, lines in owners.items() if node not in claimed})
    done: dict[Term, Term] = {}
    inside: dict[Term, Lines] = {}  # the shared lines of a node that are in no unknown
    said: dict[Lines, list[tuple[Term, Lines]]] = {}
    for node in order:
        made = terms.remake(node, tuple(done[arg] for arg in node.args)) if node.args else node
        lines = NONE.union(*(inside[arg] for arg in node.args), owners[node] if node in claimed else NONE)
        if node in edges and made.args:
            unknown = (terms.flag if node.is_bool else terms.var)(f"computed {len(done)}")
            said.setdefault(owners[node], []).append((terms.eq(unknown, made), lines))
            made, lines = unknown, NONE
        done[node], inside[node] = made, lines
    computed = {own: terms.all_of(fact for fact, _ in parts) for own, parts in said.items()}
    shared = {computed[own]: NONE.union(*(lines for _, lines in parts)) for own, parts in said.items()}
    for fact in facts:
        shared[done[fact]] = shared.get(done[fact], NONE) | inside[fact]
    return Cut(tuple(done[fact] for fact in facts), computed, shared)


def _find_edges(facts: Sequence[Term], order: Sequence[Term], owners: Mapping[Term, Lines]) -> set[Term]:
    """The nodes of a line that something else is made of."""
    edges = {fact for fact in facts if fact in owners}
    for node in order:
        own = owners.get(node, NONE)
        edges.update(arg for arg in node.args if owners.get(arg, own) != own)
    return edges


def find_skeleton(claim: Term, origins: Origins) -> dict[Term, Lines]:
    """The pieces of a claim, each with the lines that only join it to others: of them nothing is left in a piece."""
    found: dict[Term, Lines] = {}
    todo = [(claim, NONE)]
    while todo:
        node, joined = todo.pop()
        joined |= origins.find(node) if node.op in JOINTS else NONE
        is_denied = node.op == "not" and node.args[0].op == "or"
        if node.op == "and" or is_denied:
            inside = [terms.negate(part) for part in node.args[0].args] if is_denied else node.args
            todo.extend((part, joined) for part in inside)
            continue
        for piece in terms.pieces(node):
            found[piece] = found.get(piece, NONE) | joined | _find_joints(node, origins)
    return found


def _find_joints(claim: Term, origins: Origins) -> Lines:
    """The lines that join truths to the claim, whatever the truths are made of."""
    found, seen, todo = NONE, {claim}, [claim]
    while todo:
        node = todo.pop()
        if node.op in JOINTS:
            found |= origins.find(node)
            new = [arg for arg in node.args if arg.is_bool and arg not in seen]
            seen.update(new)
            todo.extend(new)
    return found


def find_cone(facts: Sequence[Term], origins: Origins) -> Lines:
    """All lines that compute anything of some facts."""
    return NONE.union(*(origins.find(node) for node in terms.postorder(facts)))
