# SPDX-License-Identifier: Apache-2.0
"""Programming: how an intention becomes a therapy, and how a slip does not."""

from thecal_specs.catalogue.record import Amendment, Means, Property

PROPERTIES = (
    Property(
        id="PRG-01",
        name="Only an admitted prescription becomes active",
        statement=(
            "A prescription becomes active only if it is admitted at the moment of its confirmation, against"
            " pump, library, fluids, path and ledgers as they are then; an admission at staging is not"
            " enough."
        ),
        does_not_say="It does not say that an admitted prescription is a wise one.",
        hazards=("HAZ-04", "HAZ-13"),
        requirements=("REQ-08", "REQ-32"),
        enforced_in=("admission", "step"),
    ),
    Property(
        id="PRG-02",
        name="Only what was staged, read back and confirmed becomes active",
        statement=(
            "Only exactly the prescription that was staged and read back, and that is confirmed value for"
            " value, becomes active."
        ),
        does_not_say="It does not say who confirmed, nor that the read-back was looked at.",
        hazards=("HAZ-14", "HAZ-06"),
        requirements=("REQ-12", "REQ-33"),
        enforced_in=("step", "prescription"),
    ),
    Property(
        id="PRG-03",
        name="A refused or abandoned order changes nothing",
        statement=(
            "A refused order changes nothing but counters. An abandoned one changes nothing but counters and"
            " the place in which it was staged."
        ),
        does_not_say="It does not cover facts, which are booked even when they fail a check.",
        hazards=("HAZ-14",),
        requirements=("REQ-34",),
        enforced_in=("step",),
    ),
    Property(
        id="PRG-04",
        name="Hard limits hold and soft ones yield only to an explicit override",
        statement=(
            "No prescription, bolus or refill that exceeds a hard limit is accepted, with whatever override."
            " One that exceeds a soft limit is accepted only with an explicit override of that very limit,"
            " which is recorded."
        ),
        does_not_say="It does not say that an override was justified, nor by whom it was given.",
        hazards=("HAZ-13",),
        requirements=("REQ-35",),
        enforced_in=("admission",),
    ),
    Property(
        id="PRG-05",
        name="A steep change of dose needs an explicit override",
        statement=(
            "A day total above the one that runs, and beyond the drug's allowance over the smallest one in force in"
            " its titration days, needs an explicit override; for drugs with a withdrawal hazard so does one below"
            " the one that runs, and beyond the allowance from the largest."
        ),
        does_not_say="It does not bound what slower steps add up to, nor what boluses add to the day total.",
        hazards=("HAZ-15",),
        requirements=("REQ-36",),
        enforced_in=("admission",),
        amended=Amendment(
            old_statement=(
                "An increase beyond the drug's allowance over the smallest day total in force in its titration days,"
                " or, for drugs with a withdrawal hazard, a decrease beyond it from the largest, needs an explicit"
                " override"
            ),
            counterexample=(
                "A tenth is allowed in seven days. 100 mcg a day are raised to 200 with the override; an hour later 190"
                " are ordered without it. That is 90 % over the smallest total of the titration days, and less than"
                " what runs."
            ),
            reason=(
                "The predicate took such an order for an increase over the smallest total, and the kernel does not. To"
                " go back towards the smaller dose is no increase, and to hinder it would keep the larger one running."
            ),
        ),
    ),
    Property(
        id="PRG-06",
        name="Every slot is deliverable or the order is refused",
        statement=(
            "Every slot of an accepted prescription can be delivered by the pump with every fluid in path"
            " and reservoir, the bolus included; otherwise the order is refused. Nothing is rounded up."
        ),
        does_not_say=(
            "It does not say that a fact reported later, such as another fluid, leaves every slot deliverable."
        ),
        hazards=("HAZ-16",),
        requirements=("REQ-37",),
        enforced_in=("admission", "schedule"),
    ),
    Property(
        id="PRG-07",
        name="A patient bolus needs the consent of every drug",
        statement=(
            "A patient bolus is admitted in a prescription, and granted, only if every drug in path and"
            " reservoir allows one, and only within the largest single bolus of each of them."
        ),
        does_not_say=("It does not restrict the boluses of a clinician beyond the largest single bolus and the caps."),
        hazards=("HAZ-17",),
        requirements=("REQ-25", "REQ-38"),
        enforced_in=("admission",),
    ),
    Property(
        id="PRG-08",
        name="A fact is never refused",
        statement=(
            "A fact is never refused. It is booked as it is told, and the answer says what was booked; one that fails"
            " a check is booked in its worst reading and leads to the drugs' safe state with an alarm. After a failed"
            " self-test, and only then, nothing runs until one has passed."
        ),
        does_not_say=("It does not say that the reported fact is true, nor that the safe state is free of harm."),
        hazards=("HAZ-06", "HAZ-10", "HAZ-28"),
        requirements=("REQ-39", "REQ-47"),
        enforced_in=("step", "path", "fluid"),
    ),
    Property(
        id="PRG-09",
        name="A staged order dies with what it was made on",
        statement=(
            "A staged order names the active prescription, the fluids, the path as declared and the library"
            " that it was made on. A change of any of them, a restart, or the end of its ten minutes abandons it;"
            " until then no second does."
        ),
        does_not_say=("It does not say that an order younger than its life still fits what the clinician has in mind."),
        hazards=("HAZ-14", "HAZ-29"),
        requirements=("REQ-40",),
        enforced_in=("step", "prescription"),
    ),
    Property(
        id="PRG-10",
        name="An implausible change needs an explicit override",
        statement=(
            "A day total, or a time to empty, that differs from the running one by more than the plausible"
            " factor, in either direction, needs an explicit override of that check (60 mcg a day entered as"
            " 60 mcg an hour)."
        ),
        does_not_say=(
            "It does not find a slip within the factor, nor one in a first prescription, which has nothing"
            " to be compared with."
        ),
        hazards=("HAZ-13",),
        requirements=("REQ-41",),
        enforced_in=("admission",),
    ),
    Property(
        id="PRG-11",
        name="A refused prescription breaks the rule that is named",
        statement=(
            "A prescription is staged as it was ordered, or is malformed, which is said of no other, or breaks the rule"
            " that the answer names: a limit, a fluid that must not"
            " be given, a slot or bolus that cannot be delivered, a raise of basal while what was given or is in the"
            " reservoir forbids it, or a soft rule whose override was not given."
        ),
        does_not_say=(
            "It does not say by how much a rule is broken, nor of a cap that the sums behind the refusal were right."
        ),
        hazards=("HAZ-18", "HAZ-19"),
        requirements=("REQ-57",),
        enforced_in=("admission", "prescription"),
    ),
    Property(
        id="PRG-12",
        name="Every order is answered truly",
        statement=(
            "An order to confirm, abandon, stop, resume, run at the minimum rate, prime, move the phase, resolve a"
            " doubt or acknowledge an alarm is answered by one of its own answers: what the answer says was done is"
            " done, and a refusal's reason is so."
        ),
        does_not_say=(
            "It does not say which of several true reasons is named; boluses are UND-03's, prescriptions PRG-11's."
        ),
        hazards=("HAZ-18", "HAZ-19"),
        requirements=("REQ-58",),
        enforced_in=("programming", "priming"),
    ),
    Property(
        id="PRG-13",
        name="A configuration is accepted exactly within its limits",
        statement=(
            "A pump model and a library are accepted if every number of them lies within its limits, an hour's limit"
            " within a day's, a bolus's within an hour's, a soft one within the hard one, and the lowest flow within"
            " the first drug's limits; any other configuration is refused."
        ),
        does_not_say="It does not say that the numbers of an accepted configuration are those of the pump or drug.",
        means=Means.OBLIGATIONS,
        hazards=("HAZ-29",),
        requirements=("REQ-59",),
        enforced_in=("limits",),
    ),
)
