# SPDX-License-Identifier: Apache-2.0
"""Facts about fluids, and the prime: what was filled, what tubing and catheter hold, what is moved up the path."""

from collections.abc import Mapping, Sequence

from thecal.events import PathDeclared, PrimeAsked, PrimeConfirmed, RefillDone, RefillProposed
from thecal.units import DRUG_COUNT, PATH_NL_MAX
from thecal_adapters.doses import Kind, tell
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.drafts import Plan
from thecal_adapters.programmer.forms import Control, Field, Form
from thecal_adapters.programmer.links import Reading
from thecal_adapters.programmer.settings import tell_between
from thecal_adapters.programmer.texts import mark

VOLUME = (Kind.VOLUME,)


class Refill:
    """Empty and fill the reservoir. It is proposed first; that it was done is a fact, and is always booked."""

    name = "refill"
    title = mark("Refill")
    explain = mark(
        "Empty the reservoir and measure what came out. Enter what is to go in: the pump says what it would lead to. "
        "Fill, then confirm that it was done."
    )
    verb = mark("It has been filled: book it")

    def list_fields(self, visit: Visit, reading: Reading) -> Sequence[Field]:
        """What came out, what goes in, and of what strength; no strength has a default."""
        reservoir = reading.state.reservoir
        expected = tell_between(reservoir.volume_lo_nl, reservoir.volume_hi_nl, Kind.VOLUME, visit.texts)
        hint = visit.texts("The pump expects {volume} in the reservoir, its residual included.", volume=expected)
        if reading.syringe_nl is not None:
            hint += " " + visit.texts(
                "The simulated syringe draws {volume}.", volume=tell(reading.syringe_nl, Kind.VOLUME)
            )
        strength = mark("As the label says, such as 10 mg/mL; 0 mg/mL for a drug that is not in it.")
        return (
            Field("aspirated", mark("Aspirated volume"), kinds=VOLUME, hint=hint),
            Field(
                "filled", mark("Volume to fill"), kinds=VOLUME, hint=mark("A volume, such as 18 mL."), is_critical=True
            ),
            *(
                Field(
                    f"strength-{place}",
                    visit.texts("Concentration of {drug}", drug=drug),
                    kinds=(Kind.CONCENTRATION,), hint=strength, is_critical=True,
                )
                for place, drug in enumerate(visit.desk.drugs)
            ),
            Field("other", mark("The label names another drug as well"), Control.CHECK),
            Field("rinsed", mark("The reservoir was rinsed with the new fluid first"), Control.CHECK),
            Field("lot", mark("Lot of the drug"), Control.WORDS, is_optional=True),
            Field(
                "shortfall", mark("Accept that the patient may lack drug while the new fluid arrives"), Control.CHECK
            ),
        )  # fmt: skip

    def begin(self, visit: Visit, reading: Reading) -> Mapping[str, str]:
        """Nothing."""
        return {}

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """The proposal and the fact."""
        strengths = [form.amount(f"strength-{place}") for place in range(len(visit.desk.drugs))]
        concentrations = tuple(strengths + [0] * (DRUG_COUNT - len(strengths)))
        filled_nl, aspirated_nl = form.amount("filled"), form.amount("aspirated")
        form.words("lot")
        other = form.check("other")
        return Plan(
            RefillDone(aspirated_nl, filled_nl, concentrations, other, form.check("rinsed")),
            stage=RefillProposed(filled_nl, concentrations, other, form.check("shortfall")),
            notes=[self._tell_difference(visit, reading, aspirated_nl)],
            is_fact=True,
            drug_lot=form.raw("lot"),
        )

    def _tell_difference(self, visit: Visit, reading: Reading, aspirated_nl: int) -> str:
        """What came out, beside what was expected: the first sign of many faults."""
        reservoir = reading.state.reservoir
        expected = tell_between(reservoir.volume_lo_nl, reservoir.volume_hi_nl, Kind.VOLUME, visit.texts)
        text = mark("Aspirated {aspirated}; the pump expected {expected}, of which the needle may leave {residual}.")
        residual = tell(visit.desk.config.pump.residual_nl, Kind.VOLUME)
        return visit.texts(text, aspirated=tell(aspirated_nl, Kind.VOLUME), expected=expected, residual=residual)


class DeclarePath:
    """Say what tubing and catheter hold."""

    name = "path"
    title = mark("Tubing and catheter")
    explain = mark(
        "Declare the volume from the reservoir to the catheter’s tip, as an interval that surely holds it, and what is "
        "in it. It is a fact, and is always booked."
    )
    verb = mark("Declare it")

    def list_fields(self, visit: Visit, reading: Reading) -> Sequence[Field]:
        """The interval, and what is in it."""
        hint = mark("Tubing and implanted catheter together, without what was cut off; such as 0.3 mL.")
        options = [
            ("reservoir", visit.texts("the reservoir’s fluid: primed by hand")),
            ("none", visit.texts("no drug")),
        ]
        return (
            Field("lowest", mark("At least"), kinds=VOLUME, hint=hint, is_critical=True),
            Field("highest", mark("At most"), kinds=VOLUME, hint=hint, is_critical=True),
            Field("holds", mark("It holds"), Control.CHOICE, options=options),
        )

    def begin(self, visit: Visit, reading: Reading) -> Mapping[str, str]:
        """Nothing."""
        return {}

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """The fact."""
        lo_nl, hi_nl = form.amount("lowest"), form.amount("highest")
        if lo_nl > hi_nl:
            form.note("highest", mark("At least as much as the lower end is expected."))
        if hi_nl > PATH_NL_MAX:
            form.note("highest", mark("No path holds more than {most}."), most=tell(PATH_NL_MAX, Kind.VOLUME))
        return Plan(PathDeclared(lo_nl, hi_nl, form.choice("holds") == "reservoir"), is_fact=True)


class Prime:
    """Move the reservoir's fluid up the path."""

    name = "prime"
    title = mark("Prime")
    explain = mark("Move a volume from the reservoir into tubing and catheter, while the pump stands.")
    verb = mark("Begin the prime")

    def list_fields(self, visit: Visit, reading: Reading) -> Sequence[Field]:
        """How much."""
        path = reading.state.path
        front = tell_between(path.front_lo_nl, path.front_hi_nl, Kind.VOLUME, visit.texts)
        hint = visit.texts("Older fluid still ahead of the tip: {volume}.", volume=front)
        return (Field("volume", mark("Volume"), kinds=VOLUME, hint=hint, is_critical=True),)

    def begin(self, visit: Visit, reading: Reading) -> Mapping[str, str]:
        """Nothing."""
        return {}

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """The order that is staged, and its confirmation."""
        volume_nl = form.amount("volume")
        return Plan(PrimeConfirmed(volume_nl), stage=PrimeAsked(volume_nl))
