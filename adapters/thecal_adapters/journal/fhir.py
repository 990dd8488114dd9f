# SPDX-License-Identifier: Apache-2.0
"""A journal as HL7 FHIR: a collection of MedicationAdministration, one for each delivery and drug.

Release 4, in the edition R4B, in which this resource is the one of R4. ``fhir.resources`` (extra ``fhir``) checks every
resource. A dose is the most that may have passed the catheter's tip; the least is told in the text beside it, for the
resource has one number only. The route is SNOMED CT 72607000, intrathecal, of the value set route-codes of FHIR R4.
Drugs are named by text: which code stands for a compounded mixture is for the site to say.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Protocol, cast

from thecal_adapters.finding import find_module
from thecal_adapters.journal.deliveries import Delivery, Kind
from thecal_adapters.journal.entries import Header
from thecal_adapters.journal.export import tell_utc
from thecal_adapters.ports import Role

FG_PER_MCG = 1_000_000_000
ROUTE = {"system": "http://snomed.info/sct", "code": "72607000", "display": "Intrathecal route"}
NAMES = "urn:thecal"


class _Model(Protocol):
    """A class of fhir.resources, as far as it is used here."""

    def model_validate(self, content: dict[str, Any]) -> Any:
        """Check a resource."""
        ...


def tell_mcg(mass_fg: int) -> str:
    """A mass in micrograms, exact, without an exponent or a trailing zero."""
    text = f"{Decimal(mass_fg) / FG_PER_MCG:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def make_bundle(header: Header, deliveries: Iterable[Delivery]) -> str:
    """The JSON text of a bundle that fhir.resources has checked."""
    entries = [{"resource": resource} for each in deliveries for resource in make_resources(header, each)]
    content = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    bundle = cast(_Model, find_module("fhir.resources.R4B.bundle").Bundle).model_validate(content)
    return str(bundle.model_dump_json(indent=2)) + "\n"


def make_resources(header: Header, delivery: Delivery) -> Iterator[dict[str, Any]]:
    """A resource for each drug that a delivery may have brought to the tip."""
    model = cast(_Model, find_module("fhir.resources.R4B.medicationadministration").MedicationAdministration)
    for drug, upper_fg, lower_fg in zip(header.subject.drugs, delivery.upper_fg, delivery.lower_fg):
        if upper_fg > 0:
            resource = make_resource(header, delivery, drug, upper_fg, lower_fg)
            model.model_validate(resource)
            yield resource


def make_resource(header: Header, delivery: Delivery, drug: str, upper_fg: int, lower_fg: int) -> dict[str, Any]:
    """One MedicationAdministration."""
    first, last, subject = delivery.first, delivery.last, header.subject
    period = {"start": tell_utc(first.utc_ms, first.uncertainty_ms), "end": tell_utc(last.utc_ms, last.uncertainty_ms)}
    told = f"{delivery.kind.value} of {drug}: at least {tell_mcg(lower_fg)} mcg, at most {tell_mcg(upper_fg)} mcg"
    notes = [f"{delivery.pulses} pulses, {delivery.unknown} of them of unknown outcome", f"library: {subject.status}"]
    if last.drug_lot:
        notes.append(f"lot: {last.drug_lot}")
    return {
        "resourceType": "MedicationAdministration",
        "identifier": [{"system": f"{NAMES}:entry", "value": f"{first.number}-{last.number}-{drug}"}],
        "status": "completed",
        "medicationCodeableConcept": {"text": drug},
        "subject": {"identifier": {"system": f"{NAMES}:patient", "value": subject.patient}},
        "effectivePeriod": {name: time for name, time in period.items() if time} or {"extension": [UNKNOWN_TIME]},
        "performer": [{"actor": {"identifier": {"system": f"{NAMES}:actor", "value": tell_actor(delivery)}}}],
        "device": [{"display": subject.pump}],
        "note": [{"text": note} for note in notes],
        "dosage": {
            "text": told,
            "route": {"coding": [ROUTE]},
            "dose": {
                "value": Decimal(tell_mcg(upper_fg)),
                "unit": "mcg",
                "system": "http://unitsofmeasure.org",
                "code": "ug",
            },
        },
    }


UNKNOWN_TIME = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}


def tell_actor(delivery: Delivery) -> str:
    """Who asked for a delivery: a pseudonym, or the pump itself by its program."""
    if delivery.kind is Kind.BASAL or delivery.role is Role.DEVICE:
        return "pump"
    return delivery.actor
