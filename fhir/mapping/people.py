"""Patients, their families, and who cared for them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fhir.mapping.common import address, name, phone, reach, refs
from fhir.reading import Entry
from fhir.rows import Row
from fhir.values import Unmappable, code, concept, day, dicts, inner, moment, text
from patients.models.patient import AdministrativeGender

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
INTERPRETER = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
NPI = "http://hl7.org/fhir/sid/us-npi"
# Numbers by which one person can be taken for another, or robbed: not needed to care for them, so not kept.
NOT_KEPT = {"SS", "DL", "PPN", "SB", "TAX"}
SOCIAL_SECURITY = ("/us-ssn", "2.16.840.1.113883.4.1")
PHONE_USES = {"mobile", "home", "work"}


def practitioner(entry: Entry, zone: str, today: date) -> Row:
    it = entry.resource
    names = name(it)
    npi = next(
        (each.get("value") for each in dicts(it.get("identifier")) if each.get("system") == NPI), ""
    )
    held = next((concept(each.get("code"), 20) for each in dicts(it.get("qualification"))), "")
    fields = {
        "family_name": names["family_name"] or names["given_name"],
        "given_name": names["given_name"] if names["family_name"] else "",
        "npi": text(npi, 20),
        "qualification": held,
    }
    if not fields["family_name"]:
        raise Unmappable("The practitioner has no name.")
    return Row(entry, fields)


def practitioner_role(entry: Entry, zone: str, today: date) -> Row:
    it = entry.resource
    specialty = next((concept(each, 100) for each in dicts(it.get("specialty"))), "")
    named = refs(
        entry,
        practitioner=(it.get("practitioner"), ["Practitioner"]),
        organization=(it.get("organization"), ["Organization"]),
    )
    if "practitioner" not in named:
        raise Unmappable("The role names no practitioner.")
    return Row(entry, {"specialty": specialty}, named)


def patient(entry: Entry, zone: str, today: date) -> Row:
    it = entry.resource
    names = name(it)
    if not (names["family_name"] or names["given_name"]):
        raise Unmappable("The patient has no name.")
    born = day(it.get("birthDate"), "birth date")
    died = moment(it.get("deceasedDateTime"), "time of death", zone)
    if born and born > today:
        raise Unmappable("The birth date lies in the future.")
    if born and died and died.date() < born:
        raise Unmappable("The time of death is before the birth date.")
    spoken = next(dicts(it.get("communication")), {})
    fields = names | {
        "birth_date": born,
        "gender": _gender(it.get("gender")),
        "birth_sex": text(_extension(it, "birthsex").get("valueCode"), 8),
        "race": _category(it, "race"),
        "ethnicity": _category(it, "ethnicity"),
        "language": code(spoken.get("language")) or text(inner(spoken, "language", "text"), 20),
        "needs_interpreter": _needs_interpreter(it),
        "marital_status": code(it.get("maritalStatus"))[:20],
        "deceased_at": died,
        "is_active": it.get("active") is not False,
    }
    more = {
        "died_some_day": it.get("deceasedBoolean") is True and died is None,
        "identifiers": _identifiers(it),
        "contacts": _contacts(it),
        "addresses": _addresses(it),
    }
    return Row(entry, fields, {}, more)


def related_person(entry: Entry, zone: str, today: date) -> Row:
    it = entry.resource
    names = name(it)
    if not (names["family_name"] or names["given_name"]):
        raise Unmappable("The related person has no name.")
    said = next((concept(each, 40) for each in dicts(it.get("relationship"))), "")
    fields = {
        "family_name": names["family_name"],
        "given_name": names["given_name"],
        "relationship": said or "related",
        "phone": phone(it, 60),
        "email": reach(it, "email", 254),
        "is_active": it.get("active") is not False,
    }
    named = refs(entry, patient=(it.get("patient"), ["Patient"]))
    if "patient" not in named:
        raise Unmappable("It does not say whom the person is related to.")
    return Row(entry, fields, named)


def _gender(value: Any) -> str:
    return str(value) if value in AdministrativeGender.values else "unknown"


def _extension(it: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    url = US_CORE + name
    return next((each for each in dicts(it.get("extension")) if each.get("url") == url), {})


def _category(it: Mapping[str, Any], name: str) -> str:
    """Race and ethnicity: the categories, several parted by semicolons, else the text."""
    parts = list(dicts(_extension(it, name).get("extension")))
    words = [
        text(inner(each, "valueCoding", "display"), 60)
        for each in parts
        if each.get("url") == "ombCategory"
    ]
    said = next(
        (text(each.get("valueString"), 120) for each in parts if each.get("url") == "text"), ""
    )
    return ("; ".join(word for word in words if word) or said)[:120]


def _needs_interpreter(it: Mapping[str, Any]) -> bool:
    found = (each for each in dicts(it.get("extension")) if each.get("url") == INTERPRETER)
    return any(each.get("valueBoolean") is True for each in found)


def _identifiers(it: Mapping[str, Any]) -> list[list[str]]:
    kept = []
    for each in dicts(it.get("identifier")):
        kind = code(each.get("type"))[:20]
        system, value = text(each.get("system"), 300), text(each.get("value"), 200)
        sensitive = kind in NOT_KEPT or system.endswith(SOCIAL_SECURITY)
        if system and value and not sensitive and [system, value, kind] not in kept:
            kept.append([system, value, kind])
    return kept


def _contacts(it: Mapping[str, Any]) -> list[list[str]]:
    kept: list[list[str]] = []
    for each in dicts(it.get("telecom")):
        system = {"phone": "phone", "sms": "phone", "email": "email"}.get(str(each.get("system")))
        value = text(each.get("value"), 254)
        over = each.get("use") == "old" or inner(each, "period", "end")
        use = str(each.get("use")) if each.get("use") in PHONE_USES else ""
        if system and value and not over and [system, value] not in [one[:2] for one in kept]:
            kept.append([system, value, use])
    return kept


def _addresses(it: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where somebody lives and lived; of two that hold at once for one use the first is kept."""
    kept: list[dict[str, Any]] = []
    for each in dicts(it.get("address")):
        use = (
            str(each.get("use"))
            if each.get("use") in {"home", "work", "temp", "billing"}
            else "home"
        )
        home = address(each) | {
            "use": use,
            "start_date": day(inner(each, "period", "start"), "start of an address"),
            "end_date": day(inner(each, "period", "end"), "end of an address"),
        }
        begins, ends = home["start_date"], home["end_date"]
        if each.get("use") == "old" and ends is None:
            continue
        if begins and ends and ends < begins:
            raise Unmappable("An address ends before it begins.")
        again = ends is None and any(one["use"] == use and not one["end_date"] for one in kept)
        if not again and any(home[part] for part in ("line", "city", "state", "postal_code")):
            kept.append(home)
    return kept
