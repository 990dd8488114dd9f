# SPDX-License-Identifier: Apache-2.0
"""Too much: what bounds the drug that may have passed the tip."""

from thecal_specs.catalogue.record import Amendment, Property

PROPERTIES = (
    Property(
        id="OVR-01",
        name="Any 24 h stays under the largest cap in force",
        statement=(
            "In any 86,400 consecutive ticks, for every drug in reservoir or path, the upper book grows by"
            " at most the largest daily cap in force at any time in that window. While no cap is prescribed,"
            " the last one prescribed is in force, and before the first one the drug's hard limit."
        ),
        does_not_say=(
            "It does not say that the cap is right for the patient, nor that a window in seconds of the"
            " world is that long if the device counts seconds too fast."
        ),
        hazards=("HAZ-01", "HAZ-08"),
        requirements=("REQ-01", "REQ-15"),
        enforced_in=("admission", "ledger", "step"),
    ),
    Property(
        id="OVR-02",
        name="Any hour stays under the largest cap in force",
        statement=(
            "In any 3,600 consecutive ticks, for every drug in reservoir or path, the upper book grows by at"
            " most the largest hourly cap in force at any time in that window. While no cap is prescribed,"
            " the last one prescribed is in force, and before the first one the drug's hard limit."
        ),
        does_not_say=(
            "It does not bound any time shorter than an hour, so that an hour's worth may come as fast as"
            " the pump's shortest interval allows."
        ),
        hazards=("HAZ-01", "HAZ-08"),
        requirements=("REQ-02", "REQ-15"),
        enforced_in=("admission", "ledger", "step"),
    ),
    Property(
        id="OVR-03",
        name="Patient boluses keep the lockout between them",
        statement=(
            "Between the end of one patient bolus and the start of the next lie at least as many ticks as"
            " the largest lockout in force between them, whatever happens between them. A bolus ends at the"
            " later of its last commanded pulse and the tick at which it became inactive: complete, remainder"
            " below a pulse, aborted, or restarted. An aborted bolus, even of no pulse, has started and"
            " ended."
        ),
        does_not_say=(
            "It does not speak of the pause after a clinician's bolus or a prime, although these start the"
            " lockout as well."
        ),
        hazards=("HAZ-02",),
        requirements=("REQ-03", "REQ-42"),
        enforced_in=("ledger", "admission"),
    ),
    Property(
        id="OVR-04",
        name="Any 24 h starts at most N patient boluses",
        statement=(
            "In any 86,400 consecutive ticks at most N patient boluses start, N being the largest number"
            " permitted by the prescription in force at the last start among them."
        ),
        does_not_say=(
            "It does not count the boluses of a clinician, nor take back those that had started before N was lowered."
        ),
        hazards=("HAZ-02",),
        requirements=("REQ-04",),
        enforced_in=("ledger", "admission"),
    ),
    Property(
        id="OVR-05",
        name="A bolus gives at most its mass, alone and once",
        statement=(
            "A bolus adds at most its mass to the upper book: of the primary drug what was asked for, of"
            " every other drug what was admitted for it at the grant; and no pulse of it comes before its share of the"
            " duration has passed. At most one bolus is active, and one that has ended never resumes. No second ends"
            " one of which a pulse of the strongest fluid is left, as long as the reservoir has one."
        ),
        does_not_say="It does not say that a granted bolus gives all of its mass, or any of it.",
        hazards=("HAZ-01", "HAZ-02"),
        requirements=("REQ-05",),
        enforced_in=("schedule", "ledger", "step"),
    ),
    Property(
        id="OVR-06",
        name="Pulses keep the shortest interval",
        statement=(
            "Between the ticks of any two pulse orders lie at least as many ticks as the pump model's"
            " shortest interval, also across a restart."
        ),
        does_not_say="It does not say when, after an order, the pump moves.",
        hazards=("HAZ-03",),
        requirements=("REQ-06",),
        enforced_in=("admission", "step"),
    ),
    Property(
        id="OVR-07",
        name="Basal is never ahead of schedule",
        statement=(
            "At every tick the basal of the primary drug in the upper book is at most what the active"
            " prescriptions have scheduled since the first of them became active."
        ),
        does_not_say=(
            "It does not bound the secondary drugs, which only the caps do, nor what boluses and primes add."
        ),
        hazards=("HAZ-03",),
        requirements=("REQ-07",),
        enforced_in=("schedule", "ledger"),
    ),
    Property(
        id="OVR-08",
        name="What was missed is never made up",
        statement=(
            "From any tick on, the basal of the primary drug in the upper book is at most what was scheduled"
            " since then while it could be delivered, plus two of the largest pulse that was in the path"
            " since then: what a stop, a stall, an empty reservoir or a loss of power withheld is not made up"
            " beyond that."
        ),
        does_not_say=(
            "It does not say that the missed therapy is replaced by any other means, nor that a pause is harmless."
        ),
        hazards=("HAZ-03", "HAZ-21"),
        requirements=("REQ-07",),
        enforced_in=("schedule",),
    ),
    Property(
        id="OVR-09",
        name="No pulse without a mode and a prescription that deliver",
        statement=(
            "No pulse is ordered in a mode that does not deliver. Nor, but for a confirmed prime, is one"
            " ordered without an active prescription that was admitted and confirmed."
        ),
        does_not_say=(
            "It does not say that fluid is still, for a pump whose valves leak moves fluid that nobody ordered."
        ),
        hazards=("HAZ-04",),
        requirements=("REQ-08",),
        enforced_in=("step", "schedule"),
    ),
    Property(
        id="OVR-10",
        name="Basal still fits beside a running bolus",
        statement=(
            "From the grant of a bolus to its end, the worst basal of any 24 h, and of any hour, still fits"
            " for every drug under every cap in force beside all that the ledgers hold and the rest of the"
            " bolus."
        ),
        does_not_say=("It does not say that the basal is then delivered, which is the matter of UND-01 and UND-02."),
        hazards=("HAZ-01", "HAZ-19"),
        requirements=("REQ-01", "REQ-02"),
        enforced_in=("admission",),
    ),
    Property(
        id="OVR-11",
        name="A prime stays within path, ledgers and admission",
        statement=(
            "A prime begins only while nothing is delivered, and as the volume that was staged and read back. It"
            " moves at most the path's upper volume, rounded up to a whole pulse. The most of every drug that it can"
            " push past the tip is in every ledger and was admitted together with the reserve for basal: against the"
            " caps in force, and against the hard limits while no prescription is active. It is within the largest"
            " single bolus of every drug, and fits in the reservoir."
        ),
        does_not_say=("It does not say that the catheter is full afterwards, nor that nothing reached the patient."),
        hazards=("HAZ-05",),
        requirements=("REQ-09",),
        enforced_in=("priming", "path", "admission", "ledger"),
        amended=Amendment(
            old_statement=(
                "A prime moves at most the path's upper volume; the most it can push past the tip is in every ledger"
                " and was admitted with the reserve, against the hard limits when no prescription is active"
            ),
            counterexample=(
                "A path of at most 316,001 nL and pulses of 250 nL. 1,264 pulses leave 1 nL that may be without the"
                " drug ahead of the front, and so no basal is due for ever, while the 1,265th moves 249 nL too much."
            ),
            reason=(
                "A pulse is not divided. What the last one pushes past the tip is reserved like all else, so that"
                " nothing is lost by letting it go."
            ),
        ),
    ),
    Property(
        id="OVR-12",
        name="One pulse is in flight and sequence numbers increase",
        statement=(
            "At most one ordered pulse awaits its outcome. The sequence numbers of pulse orders strictly"
            " increase. An outcome that is missing when the next pulse is due becomes unknown before that"
            " pulse is ordered, and not before the shortest interval is over."
        ),
        does_not_say="It does not say that the driver obeys a number only once.",
        hazards=("HAZ-27", "HAZ-21"),
        requirements=("REQ-06", "REQ-10"),
        enforced_in=("step", "ledger"),
    ),
)
