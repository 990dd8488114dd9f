# SPDX-License-Identifier: Apache-2.0
"""Puts terms in the place of others, and lets the constructors simplify what depends on them.

The same few replacements are asked of many terms that have most of their nodes in common. So what was made of a node is
kept, and what speaks of none of the unknowns that the replaced terms speak of is not entered at all.
"""

from collections.abc import Mapping

from thecal_proofs import terms
from thecal_proofs.terms import Term

FEW = 4  # so many replaced terms are looked for one by one


class Rebuilding:
    """Some replacements, and what became of every node that was met."""

    __slots__ = ("_masks", "done")

    def __init__(self, known: Mapping[Term, Term]) -> None:
        self.done = dict(known)
        masks = {terms.deep_mask(term) for term, other in known.items() if term is not other}
        if len(masks) > FEW:
            self._masks: tuple[int, ...] = ()
        else:
            self._masks = tuple(masks)

    def of(self, root: Term) -> Term:
        """What a term becomes."""
        done = self.done
        found = done.get(root)
        if found is not None:
            return found
        todo = [root]
        while todo:
            node = todo[-1]
            if node in done:
                todo.pop()
                continue
            args = node.args
            if not args or (self._masks and self._is_untouched(node)):
                done[node] = node
                todo.pop()
                continue
            missing = [arg for arg in args if arg not in done]
            if missing:
                todo.extend(missing)
                continue
            new = tuple([done[arg] for arg in args])
            done[node] = node if new == args else terms.remake(node, new)
            todo.pop()
        return done[root]

    def _is_untouched(self, node: Term) -> bool:
        """Whether a node speaks of too little to contain any of the replaced terms."""
        outside = ~terms.deep_mask(node)
        return all(mask & outside for mask in self._masks)


def rebuild(root: Term, known: Mapping[Term, Term]) -> Term:
    """What a term becomes by some replacements."""
    return Rebuilding(known).of(root)
