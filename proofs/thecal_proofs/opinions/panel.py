# SPDX-License-Identifier: Apache-2.0
"""Takes an obligation to its verdict, and has every question asked again that its proof rests on.

Whatever was answered "unsat" on the way counts, whether or not the proof needs it in the end: too much may be asked
again, never too little. What was answered otherwise proves nothing, and is left alone.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from thecal_proofs import tautologies
from thecal_proofs.discharge import Discharger
from thecal_proofs.obligations import Obligation
from thecal_proofs.opinions.opinion import ARGUED, Judge, Judged, Opinion, Said
from thecal_proofs.opinions.shuffled import ask_shuffled
from thecal_proofs.solve import Answer, Refuted, overheard
from thecal_proofs.terms import Term
from thecal_proofs.verdicts import WITNESSED, Result

Choice: TypeAlias = Literal["z3", "cvc5", "both", "coq", "all"]
ALONE = ("cvc5", "coq")  # where only what the judge confirms is proved
Again: TypeAlias = Callable[[Refuted, int, str], Answer]  # by a seed and the question's title
SHOWN = 3  # questions that are told where a verdict fails for want of a judge


class Panel:
    """Who is asked again: other judges; the first solver, once for each seed."""

    def __init__(
        self,
        choice: Choice = "z3",
        judges: Sequence[Judge] = (),
        seeds: Sequence[int] = (),
        again: Again = ask_shuffled,
    ) -> None:
        self.choice = choice
        self.judges = tuple(judges)
        self.seeds = tuple(seeds)
        self._again = again
        self._said: dict[tuple[Term, ...], tuple[Said, ...]] = {}

    @property
    def names(self) -> list[str]:
        """What the judges are called."""
        return [judge.name for judge in self.judges]

    def discharge(self, discharger: Discharger, obligation: Obligation) -> Result:
        """The verdict of the first solver on one obligation, with what others say of all that its proof rests on.

        What they say changes a verdict in `settle` alone.
        """
        tautologies.forget()  # so that those which this proof takes are heard
        with overheard() as heard:
            result = discharger.discharge(obligation)
        if result.verdict != "proved" or result.kind in WITNESSED:
            return result
        return replace(result, opinion=self.form(obligation.id, heard))

    def settle(self, results: Sequence[Result], jobs: int = 1) -> list[Result]:
        """The verdicts when all was said: what is contradicted, or wants a judge whose word it needs, is not proved."""
        said = [each.said for result in results if result.opinion is not None for each in result.opinion.judged]
        settled = []
        for place, judge in enumerate(self.judges):
            argued = frozenset(each[place].reason for each in said if each[place].status == ARGUED)
            settled.append(judge.settle(argued, jobs) if argued else {})
        return [self._settle(result, settled) for result in results]

    def _settle(self, result: Result, settled: Sequence[dict[str, Said]]) -> Result:
        opinion = result.opinion
        if opinion is None:
            return result
        judged = tuple(
            replace(
                each,
                said=tuple(
                    known[said.reason] if said.status == ARGUED else said
                    for said, known in zip(each.said, settled, strict=True)
                ),
            )
            for each in opinion.judged
        )
        opinion = replace(opinion, judged=judged)
        contradicted = self.contradicted(opinion)
        if contradicted:
            return replace(result, verdict="unknown", detail="\n".join(contradicted), opinion=opinion)
        undecided = self.undecided(opinion)
        if self.choice in ALONE and undecided:
            (name,) = self.names
            told = f"{name} confirms {opinion.confirmed} of the {opinion.questions} questions; not these:"
            detail = "\n".join((told, *undecided[:SHOWN]))
            return replace(result, verdict="unknown", detail=detail, opinion=opinion)
        return replace(result, opinion=opinion)

    def undecided(self, opinion: Opinion) -> list[str]:
        """Where a judge does not know, a line each."""
        return [
            f"{each.title}: {name} does not know: {said.reason}"
            for each in opinion.judged
            for name, said in zip(self.names, each.said, strict=True)
            if said.status not in ("unsat", "sat")
        ]

    def contradicted(self, opinion: Opinion) -> list[str]:
        """Where somebody finds a model and there is to be none, a line each."""
        found = [
            f"{each.title}: Z3 says unsat, {name} says sat"
            for each in opinion.judged
            for name, said in zip(self.names, each.said, strict=True)
            if said.status == "sat"
        ]
        return [*found, *opinion.denied]

    def form(self, name: str, heard: Sequence[Refuted]) -> Opinion:
        """Have all of some questions asked again; the name is that of the obligation."""
        started = time.perf_counter()
        wavered, shares = 0, [0.0]
        judged: list[Judged] = []
        wavering: list[str] = []
        denied: list[str] = []
        for number, refuted in enumerate(heard):
            title = f"{name}, question {number}"
            shares.append(refuted.rlimit / refuted.budget)
            if self.judges:
                judged.append(Judged(title, self._ask(title, refuted)))
            answers = {seed: self._again(refuted, seed, title) for seed in self.seeds}
            shares += [answer.rlimit / refuted.budget for answer in answers.values()]
            wavered += any(answer.status != "unsat" for answer in answers.values())
            for seed, answer in answers.items():
                if answer.status == "sat":
                    denied.append(f"{title}: Z3 says unsat, but sat in the words of seed {seed}")
                elif answer.status != "unsat":
                    wavering.append(f"{title}: Z3 does not know in the words of seed {seed}: {answer.reason}")
        return Opinion(
            questions=len(heard),
            judged=tuple(judged),
            wavered=wavered,
            share=max(shares),
            wavering=tuple(wavering),
            denied=tuple(denied),
            seconds=time.perf_counter() - started,
        )

    def _ask(self, title: str, refuted: Refuted) -> tuple[Said, ...]:
        """What the judges say of the facts that sufficed, each set of them once."""
        facts = (*refuted.plain, *(fact for fact in refuted.tracked if fact in refuted.core))
        if facts not in self._said:
            self._said[facts] = tuple(judge.say(title, facts) for judge in self.judges)
        return self._said[facts]
