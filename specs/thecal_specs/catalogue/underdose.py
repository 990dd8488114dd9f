# SPDX-License-Identifier: Apache-2.0
"""Too little: what keeps the therapy going, or makes its absence heard."""

from thecal_specs.catalogue.record import Amendment, Kind, Property

PROPERTIES = (
    Property(
        id="UND-01",
        name="Running basal is never two pulses behind",
        statement=(
            "While the pump delivers, the basal of the primary drug in the upper book is at least what was"
            " scheduled, less two of the largest pulse in the path, less what was unknown, stalled or outside"
            " delivery."
        ),
        does_not_say=(
            "It does not say that the patient got that much, because the upper book holds the most that may"
            " have passed the tip."
        ),
        hazards=("HAZ-19", "HAZ-21"),
        requirements=("REQ-23",),
        enforced_in=("schedule", "step"),
    ),
    Property(
        id="UND-02",
        name="No rule withholds a basal pulse",
        statement=(
            "No cap, lockout or ledger ever withholds a basal pulse that is due. What raises the worst basal"
            " (confirm, phase move, refill that changes a ratio, path declaration, prime, clinician's bolus)"
            " is admitted against the ledgers first."
        ),
        does_not_say=(
            "It does not say that basal goes on without fluid, through a fluid that must not be given, or in a stall."
        ),
        hazards=("HAZ-19",),
        requirements=("REQ-24",),
        enforced_in=("admission", "schedule", "step"),
    ),
    Property(
        id="UND-03",
        name="A bolus is granted exactly when its conditions hold",
        statement=(
            "A bolus that is asked for is granted exactly when all of these hold, over exact windows:"
            " delivering, none active, permitted, lockout over, fewer than N, the true mass of 24 h and of"
            " the hour plus the reserve plus the bolus under every cap, it fits in the reservoir, no alarm"
            " forbids it. A refusal names one that fails. (Permission, lockout and N concern the patient's"
            " bolus only.)"
        ),
        does_not_say=(
            "It does not say that the mass granted then reaches the patient, nor that a bolus can be had at"
            " a given hour."
        ),
        hazards=("HAZ-20",),
        requirements=("REQ-25",),
        enforced_in=("admission", "ledger"),
    ),
    Property(
        id="UND-04",
        name="Time off therapy never outlasts its bound in silence",
        statement=(
            "Whenever the time off therapy (stop, hold, minimum rate), in ticks plus the greatest gaps,"
            " exceeds the shortest bound of the drugs concerned, a critical alarm is active."
        ),
        does_not_say="It does not say that therapy resumes, nor that anybody hears the alarm.",
        hazards=("HAZ-18",),
        requirements=("REQ-26",),
        enforced_in=("alarms", "step"),
    ),
    Property(
        id="UND-05",
        name="Every state has a way back to therapy",
        statement=(
            "For every reachable state but end of service and failed self-test, `recover(state)` in the"
            " specification names an event that strictly lowers a rank of three natural numbers (fluids, then a"
            " wait, then orders); the way ends only where therapy runs, or service ends."
        ),
        does_not_say=(
            "It does not say that anybody performs the event it names, that the device lets it become true, or that"
            " the fluid and the program at the end of the way are those that the patient needs."
        ),
        kind=Kind.RECOVERY,
        hazards=("HAZ-18",),
        requirements=("REQ-27",),
        enforced_in=("step", "admission", "limits", "fluid"),
    ),
    Property(
        id="UND-06",
        name="Programming never stops a running therapy",
        statement=(
            "No staging, refusal, abandonment or expiry of an order stops a running basal: the old program"
            " runs until the confirmed new one replaces it, in one step."
        ),
        does_not_say="It does not say that a running bolus survives the replacement, which ends it.",
        hazards=("HAZ-14", "HAZ-18"),
        requirements=("REQ-28",),
        enforced_in=("step",),
    ),
    Property(
        id="UND-07",
        name="A smaller prescription is never refused for what was given",
        statement=(
            "A prescription that is no larger than the active one in any slot, bolus, count or cap is never"
            " refused because of what was given before."
        ),
        does_not_say=(
            "It does not say that it is accepted, for it may fail on a limit, on deliverability or on a steep decrease."
        ),
        hazards=("HAZ-13", "HAZ-15"),
        requirements=("REQ-29",),
        enforced_in=("admission",),
    ),
    Property(
        id="UND-08",
        name="A day of too little basal never stays silent",
        statement=(
            "At the end of any 86,400 consecutive ticks, or fewer, in which the lower book of basal gained so much less"
            " than was scheduled that the difference, three of the largest pulse aside, is more than the least"
            " tolerated shortfall of the drugs present, as a share of the day of the program in force, a critical"
            " alarm is active. Basal counts as scheduled also while it is not delivered, so that a stop of 47 h, one"
            " tick of delivery and another stop of 47 h do not stay silent."
        ),
        does_not_say=(
            "It does not say that the patient lacks drug whenever it sounds, for the lower book is the least"
            " and not the likely."
        ),
        hazards=("HAZ-18", "HAZ-21"),
        requirements=("REQ-30",),
        enforced_in=("lacking", "alarms", "step"),
        amended=Amendment(
            old_statement=(
                "In any 24 h in which the lower book holds less than the tolerated share of scheduled basal, a"
                " critical alarm is active (stop 47 h, one tick on, stop 47 h must not stay silent)"
            ),
            counterexample=(
                "A program gives 1 mcg at six in the evening and 100 mcg at six in the morning, and at noon another one"
                " with these exchanged takes its place. From noon to noon each was in force for half of the day, and"
                " 2 mcg were scheduled. The pulse that is still owed when the day ends is more than a fifth of that,"
                " and the alarm would sound although nothing is lacking of 101 mcg a day."
            ),
            reason=(
                "A share needs a whole, and what happened to be scheduled in a window is none: it may be nothing. The"
                " day of the program in force is; while the program stays the same the two are equal. What is owed or"
                " in flight is not lacking, and is at most three pulses."
            ),
        ),
    ),
    Property(
        id="UND-09",
        name="A restart resumes the therapy that was running",
        statement=(
            "After a restart with a valid state the confirmed basal resumes if it was running, a bolus has"
            " ended, a pulse in flight is in doubt, and a critical alarm is latched; therapy that a clinician had"
            " stopped stays stopped. After a gap too long to know the time of day, a phase-unverified alarm stays until"
            " a phase event."
        ),
        does_not_say=(
            "It does not say that the basal resumes at the right time of day, nor that what the gap took is made up."
        ),
        hazards=("HAZ-22", "HAZ-23"),
        requirements=("REQ-31",),
        enforced_in=("step", "alarms"),
        amended=Amendment(
            old_statement=(
                "After a restart with a valid state the confirmed basal resumes, a bolus has ended, a"
                " critical alarm is latched; after a gap too long to know the time of day, a phase-unverified"
                " alarm stays until a phase event"
            ),
            counterexample=(
                "A clinician finds an overdose and stops the pump. An hour later the battery dips for a"
                " second. Read literally, the confirmed basal resumes by itself into the overdosed patient."
            ),
            reason=(
                "A restart is no order. It brings back what was running, and no more; that a stop lasts too"
                " long is the matter of UND-04 and UND-08."
            ),
        ),
    ),
)
