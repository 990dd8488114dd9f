# SPDX-License-Identifier: Apache-2.0
"""Time and faults: clocks, restarts, damage, and pulses that do not happen."""

from thecal_specs.catalogue.record import Amendment, Means, Property

PROPERTIES = (
    Property(
        id="TIM-01",
        name="A phase move is admitted like a reprogramming",
        statement=(
            "A phase move is admitted like the reprogramming to the rotated slots that it is, and never"
            " shortens a lockout or a window."
        ),
        does_not_say="It does not say that the new phase is the patient's time of day.",
        hazards=("HAZ-23", "HAZ-02"),
        requirements=("REQ-03", "REQ-42"),
        enforced_in=("admission", "schedule"),
    ),
    Property(
        id="TIM-02",
        name="A restart never shortens a lockout or a window",
        statement=(
            "Given the last journalled state, a restart never shortens a lockout or a window. Without proof"
            " that the state is the last one, ledgers are full and lockouts start again: for a day no bolus and no"
            " prime begins, and no slot of a program becomes larger."
        ),
        does_not_say=(
            "It does not say that the proof offered is sound, which is the journal's part, nor that a first"
            " program must wait, for without one no bolus can have been given."
        ),
        hazards=("HAZ-22", "HAZ-02"),
        requirements=("REQ-03", "REQ-42", "REQ-45"),
        enforced_in=("step", "ledger"),
    ),
    Property(
        id="TIM-03",
        name="Fifteen years of ticks overflow nothing",
        statement=(
            "In fifteen years of ticks after the initial state no counter and no total reaches the end of its range."
            " Service ends with its last tick, not before, and does not begin again."
        ),
        does_not_say="It does not say that pump, battery or drug last as long.",
        hazards=("HAZ-26",),
        requirements=("REQ-43",),
        enforced_in=("units", "state"),
    ),
    Property(
        id="TIM-04",
        name="Deadlines alarm in time",
        statement=(
            "The alarms of the refill deadline, of each drug's stability and of the replacement indicator +"
            " 90 days are active from their moment on, counted in ticks plus the greatest gaps."
        ),
        does_not_say=(
            "It does not say that the pump serves for all of those 90 days, nor that a day with many boluses"
            " was foreseen."
        ),
        hazards=("HAZ-24", "HAZ-31"),
        requirements=("REQ-44",),
        enforced_in=("alarms", "step"),
    ),
    Property(
        id="TIM-05",
        name="A moved phase brings every slot exactly so much later",
        statement=(
            "A phase that is moved by n half hours, for every n from 0 to 47, brings each of the day's slots exactly n"
            " half hours later, and those of the day's end to its beginning."
        ),
        does_not_say="It does not say that the move is admitted, which is TIM-01.",
        means=Means.OBLIGATIONS,
        hazards=("HAZ-23",),
        requirements=("REQ-60",),
        enforced_in=("programming",),
    ),
    Property(
        id="FLT-01",
        name="A corrupt state is never run",
        statement=(
            "A loaded state that fails the invariant is never run. In its place stands the capsule's confirmed program,"
            " if the capsule holds and the program is admissible with its fluids, in the safe state of the most"
            " demanding drug (basal, minimum rate or stop); else the pump as it leaves the box, which delivers nothing."
            " Either satisfies the invariant. Ledgers are full, boluses are locked, and a critical alarm is active."
        ),
        does_not_say=(
            "It does not say that every damage is noticed, because a damaged state may satisfy the invariant by chance,"
            " nor that the capsule's reservoir and time are those of the last second."
        ),
        means=Means.OBLIGATIONS,
        hazards=("HAZ-22", "HAZ-28"),
        requirements=("REQ-45", "REQ-47", "REQ-54"),
        enforced_in=("integrity", "soundness", "capsule", "session"),
        amended=Amendment(
            old_statement=(
                "A state that fails the invariant is never run: capsule's basal if the capsule holds and its drugs need"
                " it, else the pump's declared default; ledgers full, boluses locked, critical alarm"
            ),
            counterexample=(
                "Neither state nor capsule holds, and the declared default is a minimum rate. Nobody knows of what, and"
                " the kernel would order pulses of a fluid whose concentration nobody has declared."
            ),
            reason=(
                "Without a declared fluid there is nothing that the kernel may move (CON-01), so that its default is to"
                " move nothing and to alarm. What a motor does of its own accord is the device's (ASM-10)."
            ),
        ),
    ),
    Property(
        id="FLT-02",
        name="An unknown pulse counts as given and is not repeated",
        statement=(
            "A pulse whose outcome is unknown counts as given for every limit and is not given again; for"
            " what the patient may lack, and for the lower estimate of the front, it counts as not given."
        ),
        does_not_say="It does not say which of the two it was, nor that a later report can settle it.",
        hazards=("HAZ-21",),
        requirements=("REQ-10", "REQ-46"),
        enforced_in=("ledger", "path"),
    ),
    Property(
        id="FLT-03",
        name="Failing pulses raise a critical alarm",
        statement=(
            "N failed or unknown pulses in any 86,400 consecutive ticks, in any order and with done ones"
            " between, or a stall, raise a critical alarm within the stated bound. No order lets a stalled motor run."
        ),
        does_not_say="It does not say that a pump without a sensor notices that it fails.",
        hazards=("HAZ-21",),
        requirements=("REQ-46",),
        enforced_in=("alarms",),
    ),
    Property(
        id="FLT-04",
        name="The safe state is that of the most demanding drug",
        statement=(
            "The safe state that is entered is the most demanding (keep confirmed basal > minimum rate >"
            " stop) of those of all drugs in path and reservoir: when a refill puts the reservoir in doubt while basal"
            " runs or waits for fluid, and when the motor turns again while it is in doubt."
        ),
        does_not_say="It does not say that this state is safe for the other drugs of the mixture.",
        hazards=("HAZ-28",),
        requirements=("REQ-22", "REQ-47"),
        enforced_in=("limits", "step"),
    ),
    Property(
        id="FLT-05",
        name="A long stop blocks boluses until a clinician confirms",
        statement=(
            "After a stop longer than the bound of the drug or of the pump, no bolus is granted until a"
            " clinician confirms. A stop is counted to the second, by the greatest gap where nobody counted, and"
            " nothing else forbids boluses so."
        ),
        does_not_say=(
            "It does not hold back the basal, although tolerance may be lost and flow may be higher after the stop."
        ),
        hazards=("HAZ-11", "HAZ-03"),
        requirements=("REQ-48",),
        enforced_in=("admission", "step"),
    ),
)
