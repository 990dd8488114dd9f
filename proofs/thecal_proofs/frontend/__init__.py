# SPDX-License-Identifier: Apache-2.0
"""Reads the kernel's source text: the closed subset, checked and typed, or a located refusal."""

from thecal_proofs.frontend.program import Program
from thecal_proofs.frontend.refusal import Loc, Refusal
from thecal_proofs.frontend.sources import Sources

__all__ = ["Loc", "Program", "Refusal", "Sources"]
