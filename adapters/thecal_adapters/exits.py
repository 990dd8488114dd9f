# SPDX-License-Identifier: Apache-2.0
"""What the exit status of every command means."""

from enum import IntEnum


class Exit(IntEnum):
    """The four ways to end."""

    AS_ASKED = 0
    FINDING = 1  # refuted, vacuous, violation, mismatch, drift
    WRONG_USE = 2
    UNDECIDED = 3  # unknown, unsupported, unstated, or something that is needed is missing
