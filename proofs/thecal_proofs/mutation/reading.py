# SPDX-License-Identifier: Apache-2.0
"""Whether a changed kernel can still be read: what leaves the closed subset of Python is noticed by TOT-01 alone."""

from dataclasses import replace

from thecal_proofs.frontend import Program, Sources
from thecal_proofs.mutation.kill import Kill
from thecal_proofs.mutation.mutant import Mutant
from thecal_proofs.wiring import KERNEL, OUTSIDE


def find_refusal(sources: Sources, mutant: Mutant) -> Kill | None:
    """The first thing that the reader refuses in a changed kernel."""
    module = f"{KERNEL}.{mutant.module}"
    file = sources.files[module]
    changed = replace(file, text=mutant.apply(file.text))
    refusals = Program(Sources({**sources.files, module: changed}, sources.folders)).check(KERNEL, OUTSIDE)
    return Kill("property", "TOT-01", f"not in the subset: {refusals[0].what}", "", 0, "") if refusals else None
