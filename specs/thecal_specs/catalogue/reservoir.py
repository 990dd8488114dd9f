# SPDX-License-Identifier: Apache-2.0
"""Reservoir: what is left, and what follows when it is too little or not what it should be."""

from thecal_specs.catalogue.record import Property

PROPERTIES = (
    Property(
        id="RES-01",
        name="No pulse takes the reservoir below its residual",
        statement=(
            "No pulse is ordered that would take the lower estimate of the reservoir's volume below the pump"
            " model's unusable residual, every pulse whose outcome is open or unknown counted as moved."
        ),
        does_not_say=("It does not say that the volume is true, if what was filled was reported wrong or has leaked."),
        hazards=("HAZ-12",),
        requirements=("REQ-18",),
        enforced_in=("admission", "step"),
    ),
    Property(
        id="RES-02",
        name="A low reservoir alarms without flicker",
        statement=(
            "While the lower estimate of the reservoir is at or below the threshold in force, the"
            " low-reservoir alarm is active. It does not flicker: once active, neither the outcome of a pulse"
            " nor the passing of time ends it."
        ),
        does_not_say="It does not say that enough time for a refill is left when it sounds.",
        hazards=("HAZ-12",),
        requirements=("REQ-19",),
        enforced_in=("alarms",),
    ),
    Property(
        id="RES-03",
        name="A bolus ends first and an empty reservoir alarms at once",
        statement=(
            "When the next pulse would not fit above the residual, a bolus ends first and basal keeps the"
            " rest; when no basal pulse fits either, delivery ends and the critical empty alarm is active in"
            " the same step. That pulse of basal is owed no more. Only a refill lets the motor run again."
        ),
        does_not_say=("It does not say that the patient was warned before, which is the low-reservoir alarm's part."),
        hazards=("HAZ-12",),
        requirements=("REQ-20",),
        enforced_in=("step", "alarms"),
    ),
    Property(
        id="RES-04",
        name="A bolus is granted only if the reservoir can bear it",
        statement=(
            "A bolus, the patient's or a clinician's, is granted only if its pulses, in the worst reading of"
            " the fluid at the tip, what is owed, and the basal of its duration fit in the reservoir above"
            " the residual."
        ),
        does_not_say=("It does not reserve the basal of the time between the end of the bolus and the next refill."),
        hazards=("HAZ-12",),
        requirements=("REQ-21",),
        enforced_in=("admission",),
    ),
    Property(
        id="RES-05",
        name="A residual that differs leads to the safe state",
        statement=(
            "A residual that differs from the expected one by more than the allowance, in either direction,"
            " means: no bolus, no increase, the drugs' safe state and an alarm, until a clinician resolves it"
            " with a named cause. A repeated difference of the same sign is told apart from a first one."
        ),
        does_not_say=(
            "It does not say which of leak, drift, withdrawal or pocket fill it was, nor find it between two refills."
        ),
        hazards=("HAZ-10", "HAZ-11", "HAZ-30"),
        requirements=("REQ-22",),
        enforced_in=("admission", "alarms", "step"),
    ),
)
