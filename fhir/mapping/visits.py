"""What happened, and what was agreed on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fhir.mapping.common import refs, status
from fhir.reading import Entry
from fhir.rows import Row
from fhir.values import Unmappable, code, concept, dicts, inner, moment, text
from patients.models.encounter import EncounterStatus
from scheduling.models.appointment import AppointmentStatus


def encounter(entry: Entry, zone: str, today: date) -> Row:
    it = entry.resource
    start = moment(inner(it, "period", "start"), "beginning", zone)
    end = moment(inner(it, "period", "end"), "end", zone)
    if start is None:
        raise Unmappable("The encounter does not say when it began.")
    if end and end < start:
        raise Unmappable("The encounter ends before it begins.")
    now = status(it.get("status"), EncounterStatus.values)
    finished = now == EncounterStatus.FINISHED
    fields = {
        "status": now,
        "class_code": text(inner(it, "class", "code"), 10) or "AMB",
        "kind": next((concept(each, 300) for each in dicts(it.get("type"))), ""),
        "reason": next((concept(each, 300) for each in dicts(it.get("reasonCode"))), ""),
        "start": start,
        "end": end or (start if finished else None),
    }
    places = [each.get("location") for each in dicts(it.get("location"))]
    named = refs(
        entry,
        patient=(it.get("subject"), ["Patient"]),
        practitioner=(_who(it, "individual"), ["Practitioner"]),
        location=(next(iter(places), None), ["Location"]),
        service_provider=(it.get("serviceProvider"), ["Organization"]),
        part_of=(it.get("partOf"), ["Encounter"]),
    )
    if "patient" not in named:
        raise Unmappable("The encounter does not say whose it is.")
    return Row(entry, fields, named)


def appointment(entry: Entry, zone: str, today: date) -> Row:
    it = entry.resource
    start = moment(it.get("start"), "start", zone)
    end = moment(it.get("end"), "end", zone)
    if start is None or end is None or end <= start:
        raise Unmappable("The appointment needs a start and an end after it.")
    actors = [each.get("actor") for each in dicts(it.get("participant"))]
    services = [it.get("appointmentType"), *dicts(it.get("serviceType"))]
    fields = {
        "status": status(it.get("status"), AppointmentStatus.values),
        "type_name": next(filter(None, (concept(each, 80) for each in services)), ""),
        "start": start,
        "end": end,
        "note": text(it.get("comment") or it.get("description"), 300),
        "cancel_reason": concept(it.get("cancelationReason"), 200),
        "cancelled_by": "patient"
        if code(it.get("cancelationReason")).startswith("pat")
        else "practice",
    }
    named = refs(
        entry,
        patient=(_actor(entry, actors, "Patient"), ["Patient"]),
        practitioner=(_actor(entry, actors, "Practitioner"), ["Practitioner"]),
        location=(_actor(entry, actors, "Location"), ["Location"]),
    )
    for name in ("patient", "location"):
        if name not in named:
            raise Unmappable(f"The appointment names no {name}.")
    return Row(entry, fields, named)


def _who(it: Mapping[str, Any], name: str) -> Any:
    """The first of the participants who is a practitioner; relatives take part too, and are not kept."""
    people = [each.get(name) for each in dicts(it.get("participant"))]
    others = ("RelatedPerson/", "PractitionerRole/")
    said = [each for each in people if isinstance(each, dict)]
    return next((each for each in said if not _starts(each, others)), None)


def _actor(entry: Entry, actors: Sequence[Any], kind: str) -> Any:
    """The participant of a kind: by the bundle's own names, the reference itself, or the type beside it."""
    for each in actors:
        said = inner(each, "reference")
        if not isinstance(said, str):
            continue
        known = entry.aliases.get(said, ("", ""))[0] or inner(each, "type")
        if known == kind or said.startswith(f"{kind}/") or f"/{kind}/" in said:
            return each
    return None


def _starts(value: Mapping[str, Any], kinds: Sequence[str]) -> bool:
    said = value.get("reference")
    return isinstance(said, str) and said.startswith(tuple(kinds))
