# SPDX-License-Identifier: Apache-2.0
"""Asks Coq: an argument is searched for at once, and checked with all others at the end of a run."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from thecal_proofs.opinions.coq.cases import Lost
from thecal_proofs.opinions.coq.compiling import Coq
from thecal_proofs.opinions.coq.refuting import refute
from thecal_proofs.opinions.coq.writing import write
from thecal_proofs.opinions.opinion import ARGUED, Said
from thecal_proofs.terms import Term

BATCH = 400_000  # characters of one file; to start Coq costs as much as to check some dozen questions


class Kernel:
    """A judge who has Coq check arguments. Equal ones are checked once, from whichever proof they come."""

    def __init__(self, coq: Coq) -> None:
        self._coq = coq
        self.name = coq.version

    def say(self, title: str, facts: tuple[Term, ...]) -> Said:
        """Search for an argument that some facts cannot hold together, and keep it for the end."""
        try:
            argument = refute(facts)
        except Lost as lost:
            return Said("unknown", str(lost))
        digest = sha256(write("question", argument).encode()).hexdigest()[:32]
        file = self._coq.folder / f"{digest}.argument"
        if not file.exists():
            file.write_text(write(f"question_{digest}", argument), encoding="utf-8")
        return Said(ARGUED, digest)

    def settle(self, arguments: frozenset[str], jobs: int) -> dict[str, Said]:
        """Have all arguments checked."""
        batches: list[dict[str, str]] = [{}]
        size = 0
        for digest in sorted(arguments):
            text = (self._coq.folder / f"{digest}.argument").read_text(encoding="utf-8")
            if size > BATCH:
                batches.append({})
                size = 0
            batches[-1][f"question_{digest}"] = text
            size += len(text)
        with ThreadPoolExecutor(max(jobs, 1)) as pool:
            names = [f"batch_{place}" for place in range(len(batches))]
            accepted = frozenset().union(*pool.map(self._coq.accept, batches, names))
        no = Said("unknown", "Coq does not accept the argument that was found")
        return {each: Said("unsat") if f"question_{each}" in accepted else no for each in arguments}
