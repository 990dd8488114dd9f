# SPDX-License-Identifier: Apache-2.0
"""Form: what must be true of the kernel as a program, whatever it doses."""

from thecal_specs.catalogue.record import Amendment, Kind, Means, Property

PROPERTIES = (
    Property(
        id="TOT-01",
        name="Every step returns",
        statement="`step` returns for every state and event of its types: no exception, no unbounded loop.",
        does_not_say="It does not say how long a step takes on a given processor.",
        means=Means.OBLIGATIONS,
        hazards=("HAZ-26",),
        requirements=("REQ-52",),
        enforced_in=("step",),
    ),
    Property(
        id="TOT-02",
        name="Every intermediate value fits in 64 bits",
        statement=(
            "From any state of the invariant, for every admissible configuration and every event, every"
            " intermediate value fits in a signed 64-bit integer."
        ),
        does_not_say=("It does not speak of states that fail the invariant, nor of what the ghost history computes."),
        means=Means.OBLIGATIONS,
        hazards=("HAZ-26",),
        requirements=("REQ-43", "REQ-53"),
        enforced_in=("units", "limits", "step"),
    ),
    Property(
        id="TOT-03",
        name="The invariant always holds",
        statement="The invariant holds in the initial state and after every event.",
        does_not_say=(
            "It does not say anything about the world unless the lemmas that tie it to the ghost history are"
            " read with it."
        ),
        means=Means.OBLIGATIONS,
        hazards=("HAZ-26", "HAZ-22"),
        requirements=("REQ-52", "REQ-54"),
        enforced_in=("state", "step"),
    ),
    Property(
        id="TOT-04",
        name="Every mode, alarm and response can occur",
        statement=(
            "Every mode, every alarm, every class of event and every response, but for three that are named with"
            " their reasons, can occur: for each, a named trace shows it that begins in the initial state of an"
            " admissible configuration, and in every step of which all the assumptions and the invariant hold."
            " So can a therapy that goes on after a refill, and after a declared path, and a proposed refill that is"
            " refused for what the running program asks for."
        ),
        does_not_say=(
            "It does not say that each can occur under every configuration, nor that it occurs whenever it should."
        ),
        kind=Kind.WITNESS,
        means=Means.TRACES,
        hazards=("HAZ-25", "HAZ-26"),
        requirements=("REQ-55",),
        enforced_in=("step", "alarms", "outcome"),
        amended=Amendment(
            old_statement=(
                "Every mode, alarm and response can occur: a concrete trace from the initial state shows it"
            ),
            counterexample=(
                "NOTHING_AGAINST_IT passes between rooms of the kernel alone; REFUSED_BOLUS_LEDGER_IS_FULL needs 32"
                " boluses that ended in a day, of which at most 25 can be patients' and 6 clinicians';"
                " REFUSED_MALFORMED_FACT answers facts that the boundary never lets through."
            ),
            reason=(
                "The three guard what the induction does not count, or who calls the step without the boundary; taking"
                " them away would weaken the kernel for the sake of a list."
            ),
        ),
    ),
    Property(
        id="TOT-05",
        name="Quiet seconds equal ticks",
        statement=(
            "An event of n quiet seconds, for every n that the kernel names as quiet, leaves exactly the"
            " state and the active alarms that n ticks leave, and neither orders a pulse. Of more seconds than"
            " that it is refused. As many are named as are quiet and of one half hour, unless the patient may come to"
            " lack too much in it."
        ),
        does_not_say=("It does not say how long a device may sleep, which depends on what it may miss in the world."),
        means=Means.OBLIGATIONS,
        hazards=("HAZ-31", "HAZ-23"),
        requirements=("REQ-56",),
        enforced_in=("quiet", "step"),
    ),
)
