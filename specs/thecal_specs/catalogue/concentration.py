# SPDX-License-Identifier: Apache-2.0
"""Concentration and path: what is in the pump, where it is, and how much of it has arrived."""

from thecal_specs.catalogue.record import Amendment, Property

PROPERTIES = (
    Property(
        id="CON-01",
        name="No pulse of an unknown or too strong fluid",
        statement=(
            "No pulse is ordered while any drug in reservoir or path is unknown to the library or may exceed"
            " its concentration limit, not even for a prime. There is no default concentration: every one in the"
            " state was declared."
        ),
        does_not_say="It does not say that the declared concentration is true of the fluid.",
        hazards=("HAZ-06", "HAZ-09"),
        requirements=("REQ-11", "REQ-12"),
        enforced_in=("fluid", "admission", "priming", "step"),
        amended=Amendment(
            old_statement=(
                "No pulse while any drug in reservoir or path is unknown to the library or may exceed its"
                " concentration limit, but for a confirmed clearing prime; there is no default concentration"
            ),
            counterexample=(
                "A drug that the library does not know fills the catheter. A clearing prime of 0.316 mL pushes all of"
                " it past the tip within minutes, and no limit exists by which that could be admitted."
            ),
            reason=(
                "The exception cannot be bounded, and it is not needed: the fluid leaves the reservoir by a rinse and"
                " the path by its access port, which are facts. The statement without it is the stronger one."
            ),
        ),
    ),
    Property(
        id="CON-02",
        name="Drug is conserved and the books enclose what was given",
        statement=(
            "For every path volume within its interval and every truth of the unknown pulses, and for every"
            " drug: filled = in reservoir + in path + given + removed, exactly; and lower book <= given <="
            " upper book."
        ),
        does_not_say=("It does not say how far apart the two books are, nor that a pulse moves its declared volume."),
        hazards=("HAZ-07", "HAZ-11", "HAZ-29"),
        requirements=("REQ-13",),
        enforced_in=("path", "ledger", "fluid"),
    ),
    Property(
        id="CON-03",
        name="A concentration change costs at most the width of the front",
        statement=(
            "Across a concentration change, and for every drug, the lower book falls short of the upper by"
            " at most (largest - smallest concentration that either fluid may have) * (greatest width of the"
            " front until it has passed + two pulse volumes), beyond what it would fall short with the front"
            " known: for each pulse, the width of its fluid's own interval * pulse volume, and the whole of"
            " one whose outcome is unknown. Away from the front a pulse is booked as the one fluid that it surely"
            " is, at the front as the most and the least of either. A proposed refill that may exceed a drug's"
            " tolerated shortfall, of a day's dose, is refused unless that is accepted explicitly; none is that"
            " cannot, whatever lies in the path."
        ),
        does_not_say="It does not say when the front arrives, nor that the shortfall is made up.",
        hazards=("HAZ-05", "HAZ-07"),
        requirements=("REQ-14",),
        enforced_in=("path", "proposing"),
        amended=Amendment(
            old_statement=(
                "Across a concentration change the lower book falls short of the upper by at most (largest -"
                " smallest concentration) * front width; a change that may exceed a drug's tolerated"
                " shortfall needs an explicit override"
            ),
            counterexample=(
                "18.6 mL of 500 mcg/mL over a residual of 0 to 1.4 mL of 2000 mcg/mL is a fluid of 500 to"
                " 605 mcg/mL. With a front of 0.05 mL the bound is 1500 * 0.05 = 75 mcg. The books part by"
                " 105 mcg with every mL given of it: after 0.72 mL they are 75.6 mcg apart, after 17 mL 1785"
                " mcg. And with a front known exactly, 1000 nL from the tip, the bound is 0; but a pulse of"
                " 2000 nL straddles it and is booked whole, as 4 mcg above and 1 mcg below."
            ),
            reason=(
                "The bound speaks of the front alone. The reservoir's own interval and unknown pulses widen"
                " the gap with all that is given, as CON-02 and CON-07 demand, and a pulse is not divided:"
                " the one at either end of the front belongs to both fluids. And what needs an override is an order:"
                " a refill that was done is a fact, and to stop for what may be lacking would make it lacking."
            ),
        ),
    ),
    Property(
        id="CON-04",
        name="A third fluid is booked and never refused",
        statement=(
            "A third fluid in the path is never refused as a fact: the two older ones become one, whose"
            " interval for each drug holds both of theirs."
        ),
        does_not_say="It does not say that therapy goes on with a path known so poorly.",
        hazards=("HAZ-07",),
        requirements=("REQ-13", "REQ-39"),
        enforced_in=("path", "fluid"),
    ),
    Property(
        id="CON-05",
        name="Every component of a mixture keeps its own limits",
        statement=(
            "Every component of a mixture satisfies OVR-01, OVR-02 and CON-01 by its own limits, also while"
            " its ratio to the primary drug changes."
        ),
        does_not_say=("It does not say that the components are stable together or add their effects harmlessly."),
        hazards=("HAZ-08",),
        requirements=("REQ-15",),
        enforced_in=("admission", "fluid", "ledger"),
    ),
    Property(
        id="CON-06",
        name="No therapy pulse is due through a fluid that lacks the primary",
        statement=(
            "While the path holds any fluid that lacks, or may lack, the active primary drug, no basal or"
            " bolus pulse is due: its pulse mass would be 0, what is owed would never be repaid, and the pump"
            " would run flat out."
        ),
        does_not_say=("It does not say that the patient is treated meanwhile, which only a prime can bring about."),
        hazards=("HAZ-06", "HAZ-07"),
        requirements=("REQ-16",),
        enforced_in=("schedule", "path"),
    ),
    Property(
        id="CON-07",
        name="A refill accounts for what was left behind",
        statement=(
            "After a refill the reservoir's concentrations are intervals that include every mixture with"
            " what may have been left behind. A proposed refill is admitted at both ends of them, the label alone and"
            " the label over the most that may be left, or refused: for want of the rinse that would make it"
            " admissible, and the answer says so, or for a named reason that no rinse mends. What cannot be filled or"
            " written down is malformed, and nothing else is. A proposal changes nothing."
        ),
        does_not_say="It does not say that what was left behind mixes evenly with what was filled.",
        hazards=("HAZ-06", "HAZ-07"),
        requirements=("REQ-17",),
        enforced_in=("fluid", "admission", "proposing"),
    ),
)
