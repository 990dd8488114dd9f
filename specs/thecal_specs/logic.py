# SPDX-License-Identifier: Apache-2.0
"""The one connective that Python lacks."""


def implies(antecedent: bool, conclusion: bool) -> bool:
    """Whether ``conclusion`` holds wherever ``antecedent`` does."""
    return not antecedent or conclusion
