"""Who a patient is: registering, and changing what is known of the person."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.db import connection

from kernel import clock, outbox
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid
from kernel.text import search_key
from office import queries as office
from office.models import Location
from patients.actions import checks
from patients.actions.contacts import AddressGiven, ContactGiven, keep_address, keep_contacts
from patients.actions.locations import add_patient_location
from patients.actions.related import RelatedGiven, keep_related
from patients.models import Patient
from patients.permissions import Permission

NAMES = ("family_name", "given_name", "middle_name", "preferred_name")


class Demographics(TypedDict, total=False):
    """What is known of the person (US Core Patient)."""

    family_name: str
    given_name: str
    middle_name: str
    suffix: str
    preferred_name: str
    birth_date: date | None
    gender: str
    birth_sex: str
    race: str
    ethnicity: str
    language: str
    needs_interpreter: bool
    marital_status: str
    deceased_at: datetime | None
    note: str
    is_active: bool


@act(permission=Permission.REGISTER_PATIENT, scope=lambda asked: asked["location"])
def register_patient(
    *,
    location: Location,
    at: datetime,
    by: Actor,
    contacts: Sequence[ContactGiven] = (),
    address: AddressGiven | None = None,
    related: Sequence[RelatedGiven] = (),
    **demographics: Unpack[Demographics],
) -> Patient:
    """
    Register a person as a patient of the location and give them a chart number.

    :raises Invalid: no name, a birth date that cannot be, a value that is too long or unknown
    """
    values = checks.cleaned(demographics)
    patient = Patient(**values, **keys_of(values))
    _refuse_impossible(patient, clock.today(at, location.zone))
    (patient.medical_record_number,) = take_chart_numbers(1)
    patient.save(force_insert=True)
    add_patient_location(patient_id=patient.pk, location_id=location.pk)
    keep_contacts(patient, contacts)
    if address:
        keep_address(patient, address)
    keep_related(patient, related)
    outbox.publish("patient.registered", patient_id=patient.pk)
    checks.wrote(patient)
    return patient


@act(permission=Permission.REGISTER_PATIENT, scope=checks.where_known)
def change_patient(
    *,
    patient: Patient,
    version: int,
    at: datetime,
    by: Actor,
    **changes: Unpack[Demographics],
) -> Patient:
    """
    Change what is known of the person.

    :raises StaleVersion: somebody else changed the patient since this version was shown
    :raises Invalid: no name left, a date that cannot be, a value that is too long or unknown
    """
    wanted = checks.cleaned(changes)
    locked = checks.lock(patient, version, wanted)
    known = {name: getattr(locked, name) for name in Demographics.__annotations__} | wanted
    _refuse_impossible(Patient(**known), clock.today(at, office.practice_zone()))
    if wanted.keys() & set(NAMES):
        wanted |= keys_of(known)
    changed = locked.save_changes(**wanted)
    checks.wrote(locked, fields=[name for name in changed if not name.endswith("_key")])
    return locked


def keys_of(names: Mapping[str, Any]) -> dict[str, str]:
    """The forms in which a patient's names are compared; whoever writes names writes these too."""
    whole = " ".join(names.get(name) or "" for name in NAMES)
    given = " ".join(names.get(name) or "" for name in NAMES if name != "family_name")
    return {
        "search_key": search_key(whole)[:420],
        "family_key": search_key(names.get("family_name") or "")[:110],
        "given_key": search_key(given)[:220],
    }


def take_chart_numbers(count: int) -> list[str]:
    """The next free medical record numbers. A number that is taken and not used is never given again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('patients_medical_record_number') FROM generate_series(1, %s)", [count]
        )
        return [str(number) for (number,) in cursor.fetchall()]


def _refuse_impossible(patient: Patient, today: date) -> None:
    if not (patient.family_name or patient.given_name):
        raise Invalid("A patient has a name.", field="family_name")
    checks.refuse_impossible(patient, only=Demographics.__annotations__)
    checks.refuse_impossible_birth(patient.birth_date, today)
    died = patient.deceased_at
    if died and died.date() > today:
        raise Invalid("The day of death lies in the future.", field="deceased_at")
    if died and patient.birth_date and died.date() < patient.birth_date:
        raise Invalid("The day of death is before the birth date.", field="deceased_at")
