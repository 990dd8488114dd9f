# SPDX-License-Identifier: Apache-2.0
"""Mutants that are the same kernel in every state that can be reached, and why: argued, one reason a group.

What the solver proves equal needs no line here (see `equality`). A test keeps the list to mutants that exist.
"""

from collections.abc import Mapping
from types import MappingProxyType

# Why, and of which.
ARGUED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Of nothing (0 fg) a bolus asks for 0 fg a second, and a slot above the motor's most was refused "
        "before; a clinician's bolus has 1 fg at least.",
        ("MUT-d6dbdd15", "MUT-425bd9e6"),
    ),
    (
        "The volume of a day of a fluid without the first drug is kept only by a program that is admitted, "
        "and such a fluid is refused (admitted_fluids_hold_the_first_drug); before, the quotient is merely "
        "large.",
        ("MUT-945a3a31", "MUT-1bbef634", "MUT-50a31261", "MUT-71eaf751"),
    ),
    (
        "The oldest of 32 entries never counts (at most 25 patients' boluses and 6 clinicians' ended in 24 h: "
        "exceptions.py), so that is_full is False in every reachable state.",
        ("MUT-9bfb576d", "MUT-e5bef710", "MUT-9e1ccdc6", "MUT-07cc574a", "MUT-f13e3067", "MUT-4adb4f09"),
    ),
    (
        "Is_full is False in every reachable state; with the 31st entry asked whether it is used it still "
        "needs the 32nd to have ended within 24 h, or unused ones (end 0) within the first day, when at most "
        "30 boluses are.",
        ("MUT-684ff522", "MUT-8934df6b"),
    ),
    (
        "The 31st entry counts only when 31 boluses ended in 24 h, and then both counts are reached and "
        "refuse before is_full is asked.",
        ("MUT-53e65ee2", "MUT-5a57839e"),
    ),
    (
        "No entry ends a day ahead: False, as is_full is in every reachable state.",
        ("MUT-9671288f",),
    ),
    (
        "Is_full is False in every reachable state, and this is smaller still.",
        ("MUT-0e1f292e",),
    ),
    (
        "A report passes no time, and one on a bolus's pulse leaves what is promised of basal as it was: nothing "
        "comes to lack by it, whatever is counted as given.",
        ("MUT-93ebd288",),
    ),
    (
        "It is asked only where the pump is not busy, so that the time off therapy is settled: 0 where therapy is on.",
        ("MUT-14069207",),
    ),
    (
        "Of less than nothing, by a mass that is never negative, no second brings any: the quotient is 0 as well.",
        ("MUT-ad2062f1", "MUT-f2ffaec6"),
    ),
    (
        "Is_repeated is set only with a discrepancy and cleared with it.",
        ("MUT-07a0a159",),
    ),
    (
        "Without a bolus its place is NO_BOLUS (no_bolus_is_left_behind): 0 fg of 1 s, and a pulse of an "
        "admitted fluid has 1 fg at least, so that none is due.",
        ("MUT-ada8bcd7",),
    ),
    (
        "To forget a staged order where none is staged sets is_staged, which is False, to False.",
        ("MUT-501cda48",),
    ),
    (
        "Of two equal concentrations the blend is the same one, exactly divisible.",
        ("MUT-ca91d8d7", "MUT-84b82a29"),
    ),
    (
        "Before the first confirmation the program in force has no dose (compute_no_prescription): its slots are 0.",
        ("MUT-553315af",),
    ),
    (
        "While nothing is programmed nothing is planned, so nothing lacks: 0 > 0 is False.",
        ("MUT-6153011d",),
    ),
    (
        "A slot of 1 fg above the most makes the sum of slots, none of them negative, too large, which is "
        "refused alike.",
        ("MUT-74530f1a",),
    ),
    (
        "A fact beyond the limits is excluded by is_possible_event (ASM), and refused by the boundary.",
        (
            "MUT-12833aae",
            "MUT-d7e60d24",
            "MUT-6970a7f3",
            "MUT-90edb4f2",
            "MUT-942783bd",
            "MUT-497d3abb",
            "MUT-c4e2cc5b",
            "MUT-8e4144a8",
            "MUT-ca86b9df",
            "MUT-599de0bc",
            "MUT-ab8798ba",
            "MUT-40b87f5c",
            "MUT-acdc76c4",
            "MUT-6b1f2bd0",
            "MUT-4b3cc2d4",
            "MUT-a6ff057a",
            "MUT-70ade8c8",
        ),
    ),
    (
        "REPLACEMENT_OVERDUE is never the most urgent: REPLACEMENT_DUE, whose condition never ends, is active with it.",
        ("MUT-24599a05",),
    ),
    (
        "A first place of the library that is not listed has a day's limit of 0, and two pulses are 2 nl at "
        "least, so that the lowest flow refuses it alike.",
        ("MUT-6ebeccbd",),
    ),
    (
        "Of 0 to 47 half hours the 32s are 0 or 1, whose rest by 3 is their rest by 2.",
        ("MUT-f9db6edc",),
    ),
    (
        "Of 0 to 47 half hours the 16s are 0 to 2, and neither 2 by 2 nor 2 by 3 leaves 1.",
        ("MUT-8c44a4c5",),
    ),
)

EQUIVALENTS: Mapping[str, str] = MappingProxyType({name: reason for reason, names in ARGUED for name in names})
