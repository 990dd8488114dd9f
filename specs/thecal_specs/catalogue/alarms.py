# SPDX-License-Identifier: Apache-2.0
"""Alarms: that they are raised, stay, are told in order of urgency, and come back."""

from thecal_specs.catalogue.record import Property

PROPERTIES = (
    Property(
        id="ALM-01",
        name="An alarm is active whenever its condition holds",
        statement=(
            "After every step each alarm is active whose condition holds, the condition written out in the"
            " specification over configuration, state and history. None becomes active without its condition, but"
            " for that of a restart, which the event raises. What is counted as lacking in a step is what was planned"
            " for it, and was neither surely given nor is still promised."
        ),
        does_not_say=(
            "It does not say that an alarm is inactive as soon as its condition is gone, for until somebody has seen it"
            " it stays; nor that what the device reports is true."
        ),
        hazards=("HAZ-25",),
        requirements=("REQ-19", "REQ-20", "REQ-26", "REQ-30", "REQ-49"),
        enforced_in=("alarms",),
    ),
    Property(
        id="ALM-02",
        name="A latched alarm clears only when acknowledged and resolved",
        statement=(
            "A latched alarm clears only when it is acknowledged and its condition is gone. It arms again"
            " afterwards: when its condition comes back, it is active and unacknowledged. Acknowledged, it stays so and"
            " silent for its time while its condition holds, and is gone when that is."
        ),
        does_not_say="It does not say that an alarm without a latch stays until somebody has seen it.",
        hazards=("HAZ-25",),
        requirements=("REQ-49",),
        enforced_in=("alarms",),
    ),
    Property(
        id="ALM-03",
        name="The most urgent alarm is the one shown",
        statement="While any alarm is active, the one shown is the most urgent of the active ones.",
        does_not_say=(
            "It does not say that the less urgent ones are shown as well, nor that a screen or a speaker follows."
        ),
        hazards=("HAZ-25",),
        requirements=("REQ-50",),
        enforced_in=("alarms", "outcome"),
    ),
    Property(
        id="ALM-04",
        name="An acknowledged critical alarm sounds again",
        statement=(
            "An acknowledged critical alarm whose condition still holds sounds again within the stated"
            " number of ticks, each time that it is acknowledged, and any other one a day later. Nothing sounds but an"
            " active alarm that is due."
        ),
        does_not_say="It does not say that anybody hears it, nor how it sounds.",
        hazards=("HAZ-25",),
        requirements=("REQ-51",),
        enforced_in=("alarms",),
    ),
)
