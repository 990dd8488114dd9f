# SPDX-License-Identifier: Apache-2.0
"""Judges a claim about plain functions: `claim(...)` must be True wherever `given(...)` is.

The smallest thing that can be proved: no step, no invariant. The corpora of accepted, refused and refuted programs
are such claims, so that every stage of the prover meets them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from thecal_proofs import decode, terms, values
from thecal_proofs.decide import decide
from thecal_proofs.decision import Limits
from thecal_proofs.encode import Contracts, Encoder, flatten_checks
from thecal_proofs.frontend import Program, Refusal, ir
from thecal_proofs.loading import Loaded
from thecal_proofs.premises import Hypothesis, Premises
from thecal_proofs.solve import ask
from thecal_proofs.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, and what CPython says of the counterexample if there is one."""

    verdict: Verdict
    detail: str = ""


def judge(program: Program, loaded: Loaded, module: str, limits: Limits) -> Judgement:
    """Decide the claim of one module; operations that may leave their range count as part of it."""
    try:
        refusals = program.check(module)
        if refusals:
            return Judgement("unsupported", "\n".join(str(refusal) for refusal in refusals))
        return _decide(program, loaded, module, limits)
    except Refusal as refusal:
        return Judgement("unsupported", str(refusal))


def _decide(program: Program, loaded: Loaded, module: str, limits: Limits) -> Judgement:
    claim = program.signature(module, "claim")
    encoder = Encoder(program)
    names = {name: values.symbol(found, name) for name, found in claim.params}
    given = [t for name, found in claim.params for t in values.in_shape(found, names[name])]
    if "given" in program.definitions(module):
        assumed = encoder.run(program.signature(module, "given"), list(names.values())).value
        given.extend(values.leaves(assumed))
    possible = ask(given, limits.budget, limits.seed)
    if possible.status == "unsat":
        return Judgement("vacuous", "nothing satisfies what is given")
    summary = encoder.run(claim, list(names.values()))
    checks = flatten_checks(summary)
    operations = [terms.implies(check.path, check.condition) for check in checks]
    goal = terms.all_of([*operations, *values.leaves(summary.value)])
    decision = decide(Premises([Hypothesis("given", terms.all_of(given), True)], Contracts()), goal, limits=limits)
    if decision.status == "unsat":
        return Judgement("proved")
    if decision.status == "unknown":
        return Judgement("unknown", decision.reason)
    for check, holds in zip(checks, operations, strict=True):
        if not terms.evaluate(holds, decision.model):
            what = "a value leaves 64 bits" if check.kind == "range" else "an index leaves its tuple"
            return Judgement("refuted", f"{check.loc}: {what} for {dict(decision.model)}")
    return _replay(loaded, claim, decision.model)


def _replay(loaded: Loaded, claim: ir.Signature, model: Mapping[str, int]) -> Judgement:
    leaves = {name: decode.fill(found, name, model) for name, found in claim.params}
    arguments = [decode.build(found, iter(leaves[name]), loaded) for name, found in claim.params]
    try:
        answer = loaded.find(claim.module, claim.name)(*arguments)
    except Exception as error:
        return Judgement("refuted", f"CPython raises {type(error).__name__} for {arguments}")
    if answer is False:
        return Judgement("refuted", f"CPython says False for {arguments}")
    return Judgement("unsupported", f"the translation is at fault: CPython says {answer} for {arguments}")
