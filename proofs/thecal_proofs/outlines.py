# SPDX-License-Identifier: Apache-2.0
"""Takes every comparison of much for a truth that may be either: what follows even so, follows by logic alone.

A claim such as "whatever this condition is, the alarm follows it" is true of any condition at all. A solver that is
shown what the condition compares tries to understand it first.
"""

from thecal_proofs import terms
from thecal_proofs.terms import Term

MUCH = 12  # a comparison of so many nodes is hidden


class Outlines:
    """The hidden comparisons of one question, numbered in the order in which they are met."""

    def __init__(self) -> None:
        self._done: dict[Term, Term] = {}
        self._count = 0

    def outline(self, fact: Term) -> Term:
        """A fact with a truth in place of each large comparison; one and its opposite are opposites."""
        done = self._done
        todo = [fact]
        while todo:
            node = todo[-1]
            if node in done:
                todo.pop()
            elif _is_large_comparison(node):
                split = _split(node)
                if split is None:
                    done[node] = self._hidden(node)
                elif split in done:
                    done[node] = done[split]
                else:
                    todo.append(split)
            else:
                missing = [arg for arg in node.args if arg not in done] if node.is_bool else []
                if missing:
                    todo.extend(missing)
                else:
                    done[node] = terms.remake(node, tuple(done.get(arg, arg) for arg in node.args))
        return done[fact]

    def _hidden(self, comparison: Term) -> Term:
        opposite = self._done.get(terms.negate(comparison))
        if opposite is not None:
            return terms.negate(opposite)
        self._count += 1
        return terms.flag(f"outline {self._count}")


def _is_large_comparison(node: Term) -> bool:
    return node.op in ("le", "lt", "eq") and not node.args[0].is_bool and not terms.is_small(node, MUCH - 1)


def _split(comparison: Term) -> Term | None:
    """A comparison with a choice as the choice between two comparisons, of which one at least is small."""
    for side, choice in enumerate(comparison.args):
        if choice.op == "ite":
            other = comparison.args[1 - side]
            condition, *branches = choice.args
            made = [terms.remake(comparison, (b, other) if side == 0 else (other, b)) for b in branches]
            if any(terms.is_small(part, MUCH - 1) for part in made):
                return terms.ite(condition, *made)
    return None
