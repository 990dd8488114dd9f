# SPDX-License-Identifier: Apache-2.0
"""Breaks the statements, one place at a time, and looks whether it is noticed: who guards what guards the kernel.

A property that was weakened is proved as gladly as before. What tells it from the right one is a broken kernel that the
right one refutes: a fixture. If no fixture is let through by the weaker statement, then no broken kernel needs what was
taken from it. `statements` says what is changed, `fixtures` gathers steps of broken kernels and wrong answers, `asides`
what the claims beside the step refute, `history` looks at changed bookkeeping, `judge` says what noticed a change, and
`campaign` does so for all of them.
"""
