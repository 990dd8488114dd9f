# SPDX-License-Identifier: Apache-2.0
"""What it takes to decide a goal, and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from thecal_proofs.premises import Premises
from thecal_proofs.scripts import USES, WHOLE, Leaf, Node, Script, Step
from thecal_proofs.solve import DEFAULT_BUDGET, DEFAULT_SEED, Answer
from thecal_proofs.terms import Term
from thecal_proofs.told import Told


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may cost, and the solver's seed."""

    budget: int = DEFAULT_BUDGET
    seed: int = DEFAULT_SEED
    search: int = 0  # steps from the initial state in which a refutation is looked for
    is_learning: bool = False  # whether a script is made of each proof


DEFAULT_LIMITS = Limits()

# In the solver's own steps:
ROUND_COST = 50_000  # what it takes to put a question, whatever the answer
WALK_COST = 5_000  # what it takes to follow one side of a condition

Settled: TypeAlias = tuple[frozenset[Term], tuple[Term, ...]]  # the parts of a path that it took, and all that it took


@dataclass(slots=True)
class Memory:
    """What questions under the same premises leave behind for later ones."""

    settled: dict[Term, list[Settled]] = field(default_factory=dict)
    helpful: dict[Term, None] = field(default_factory=dict)  # hypotheses that were taken
    promises: dict[Term, list[Term]] = field(default_factory=dict)  # what contracts say, as it is asked


@dataclass(slots=True)
class Trail:
    """The questions of a search that were answered, to make a script of."""

    found: list[Node | Leaf] = field(default_factory=list)
    is_whole: bool = True  # or a question is missing, and there is no script to be made
    is_inside: bool = False  # whether what is asked is part of a question that is to be put together
    patience: int = 12  # how often questions may be put together in vain
    offered: tuple[Term, ...] | None = None  # what a question is tried with, and nothing else, to put others together

    @property
    def script(self) -> Script:
        """What to ask the next time."""
        return {leaf.key: leaf.step for leaf in self.found if isinstance(leaf, Leaf) and leaf.step is not None}


@dataclass(slots=True)
class Decision:
    """The outcome of all queries for one goal; `status` is "unsat" if the goal follows."""

    status: str = "unsat"
    model: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    rlimit: int = 0
    queries: int = 0
    walks: int = 0  # sides of conditions that were followed
    used: set[str] = field(default_factory=set)
    memories: dict[Premises, Memory] = field(default_factory=dict)
    script: Script | None = None  # asks what it says, and nothing else
    trail: Trail | None = None  # remembers what was asked
    learnt: Script = field(default_factory=dict)

    @property
    def cost(self) -> int:
        """What it took, in the solver's own steps."""
        return self.rlimit + ROUND_COST * self.queries + WALK_COST * self.walks

    def memory(self, premises: Premises) -> Memory:
        """What was learnt of some premises while this goal was decided."""
        return self.memories.setdefault(premises, Memory())

    def rest_on(self, premises: Premises, parts: Iterable[Term]) -> None:
        """Remember the hypotheses that some terms are part of."""
        self.used.update(name for name in map(premises.owner, parts) if name is not None)

    def rest_on_known(self, premises: Premises, part: Term) -> None:
        """Remember a hypothesis that says word for word what was to be settled."""
        self.rest_on(premises, [part])
        if self.trail is not None:
            self.trail.found.append(Leaf("", None, (part,)))

    def rest_on_core(self, premises: Premises, core: Iterable[Term], told: Told) -> None:
        """Remember the hypotheses that a core is made of, and the functions whose contracts it may have taken."""
        self.rest_on(premises, map(told.origin, core))
        self.used.update(told.functions, (name for fact in core for name in premises.contracts.functions(fact)))

    def count(self, answer: Answer) -> Answer:
        """Add the cost of one query."""
        self.rlimit += answer.rlimit
        self.queries += 1
        return answer

    def step(self, key: str) -> Step | None:
        """What the script says is to be asked at a place of the proof."""
        return None if self.script is None else self.script.get(key)

    def mark(self) -> int:
        """Where the trail has come to."""
        return 0 if self.trail is None else len(self.trail.found)

    def forget(self, mark: int) -> None:
        """What was asked since led nowhere."""
        if self.trail is not None:
            del self.trail.found[mark:]

    def note(self, key: str, facts: Iterable[Term] = ()) -> None:
        """Remember that a plain question was answered, or that one was asked as it is."""
        if self.trail is not None:
            self.trail.found.append(Leaf(key, WHOLE, tuple(facts)))

    def uses(self, hinted: Sequence[str] | None) -> Sequence[str] | None:
        """The hypotheses to take from: those of the script, or those of a hint."""
        if self.script is None:
            return hinted
        step = self.script.get(USES)
        return None if step is None else step.names

    def note_uses(self, uses: Sequence[str]) -> None:
        """Remember which hypotheses all questions from here on take from."""
        if self.trail is not None:
            self.trail.found.append(Leaf(USES, Step(False, tuple(uses)), ()))

    def end(self, answer: Answer) -> "Decision":
        """Stop at an answer that settles, or fails to settle, the goal."""
        self.status, self.reason = answer.status, answer.reason
        self.model = {str(leaf.value): n for leaf, n in answer.model.items() if leaf.op in ("var", "flag")}
        return self
