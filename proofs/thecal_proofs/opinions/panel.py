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
from thecal_proofs.opinions.consulting import Judge, consult
from thecal_proofs.opinions.opinion import Opinion, Said
from thecal_proofs.opinions.shuffled import ask_shuffled
from thecal_proofs.solve import Answer, Refuted, overheard
from thecal_proofs.terms import Term
from thecal_proofs.verdicts import WITNESSED, Result

Choice: TypeAlias = Literal["z3", "cvc5", "both"]
Again: TypeAlias = Callable[[Refuted, int, str], Answer]  # by a seed and the question's title
SHOWN = 3  # questions that are told where a verdict fails for want of a judge


class Panel:
    """Who is asked again: a second solver, by its name; the first one, once for each seed."""

    def __init__(
        self,
        choice: Choice = "z3",
        judge: Judge | None = None,
        name: str = "",
        seeds: Sequence[int] = (),
        again: Again = ask_shuffled,
    ) -> None:
        self.choice = choice
        self.judge = judge
        self.name = name
        self.seeds = tuple(seeds)
        self._again = again
        self._said: dict[tuple[Term, ...], Said] = {}

    def discharge(self, discharger: Discharger, obligation: Obligation) -> Result:
        """The verdict on one obligation, with what others say of all that its proof rests on."""
        tautologies.forget()  # so that those which this proof takes are heard
        with overheard() as heard:
            result = discharger.discharge(obligation)
        if result.verdict != "proved" or result.kind in WITNESSED:
            return result
        opinion = self.form(obligation.id, heard)
        if opinion.contradicted:
            return replace(result, verdict="unknown", detail="\n".join(opinion.contradicted), opinion=opinion)
        if self.choice == "cvc5" and opinion.undecided:
            told = f"{self.name} confirms {opinion.confirmed} of the {opinion.questions} questions; not these:"
            detail = "\n".join((told, *opinion.undecided[:SHOWN]))
            return replace(result, verdict="unknown", detail=detail, opinion=opinion)
        return replace(result, opinion=opinion)

    def form(self, name: str, heard: Sequence[Refuted]) -> Opinion:
        """Have all of some questions asked again; the name is that of the obligation."""
        started = time.perf_counter()
        confirmed, wavered, shares = 0, 0, [0.0]
        undecided: list[str] = []
        wavering: list[str] = []
        contradicted: list[str] = []
        for number, refuted in enumerate(heard):
            title = f"{name}, question {number}"
            shares.append(refuted.rlimit / refuted.budget)
            if self.judge is not None:
                said = self._ask(self.judge, title, refuted)
                confirmed += said.status == "unsat"
                if said.status == "sat":
                    contradicted.append(f"{title}: Z3 says unsat, {self.name} says sat")
                elif said.status != "unsat":
                    undecided.append(f"{title}: {self.name} does not know: {said.reason}")
            answers = {seed: self._again(refuted, seed, title) for seed in self.seeds}
            shares += [answer.rlimit / refuted.budget for answer in answers.values()]
            wavered += any(answer.status != "unsat" for answer in answers.values())
            for seed, answer in answers.items():
                if answer.status == "sat":
                    contradicted.append(f"{title}: Z3 says unsat, but sat in the words of seed {seed}")
                elif answer.status != "unsat":
                    wavering.append(f"{title}: Z3 does not know in the words of seed {seed}: {answer.reason}")
        return Opinion(
            questions=len(heard),
            confirmed=confirmed,
            wavered=wavered,
            share=max(shares),
            undecided=tuple(undecided),
            wavering=tuple(wavering),
            contradicted=tuple(contradicted),
            seconds=time.perf_counter() - started,
        )

    def _ask(self, judge: Judge, title: str, refuted: Refuted) -> Said:
        """What the second solver says of the facts that sufficed, each set of them once."""
        facts = (*refuted.plain, *(fact for fact in refuted.tracked if fact in refuted.core))
        if facts not in self._said:
            self._said[facts] = consult(judge, title, facts)
        return self._said[facts]
