"""How to reach a patient: phone numbers, e-mail, and where they live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from kernel import clock, undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.durable import violated_constraint
from kernel.refusals import Invalid, Refusal
from kernel.text import clean
from office import queries as office
from patients.actions import checks
from patients.models import ContactPoint, Patient, PatientAddress
from patients.permissions import Permission
from patients.phones import read_phone

System = ContactPoint.System
FIRST, LATER = 1, 2  # ContactPoint.rank: 1 is asked first


class ContactTwice(Refusal):
    """The patient has this number or address already."""

    code = "contact-twice"
    title = "This number or e-mail is listed for the patient already"


@dataclass(frozen=True)
class ContactGiven:
    """A phone number or e-mail as it was given."""

    system: str
    value: str
    use: str = ""


@dataclass(frozen=True)
class AddressGiven:
    """An address as it was given, from when on."""

    line: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = "US"
    use: str = "home"
    start_date: date | None = None


@act(permission=Permission.REGISTER_PATIENT, scope=checks.where_known)
def add_contact(
    *, patient: Patient, system: str, value: str, by: Actor, use: str = "", is_first: bool = False
) -> ContactPoint:
    """
    Add a phone number or e-mail; it is kept as given, and verified only if such a number can exist.

    :raises Invalid: no digits in a phone number, or not an e-mail address
    :raises ContactTwice: the patient has it already
    """
    known = ContactPoint.objects.filter(patient=patient, system=system).exists()
    contact = _read(patient, ContactGiven(system, value, use), rank=LATER if known else FIRST)
    _save_once(contact)
    if is_first and known:
        _ask_first(contact)
    checks.wrote(patient, contact=str(contact.pk))
    return contact


@act(permission=Permission.REGISTER_PATIENT, scope=checks.where_owner_known("contact"))
def change_contact(
    *,
    contact: ContactPoint,
    version: int,
    value: str,
    by: Actor,
    use: str = "",
    is_first: bool = False,
) -> ContactPoint:
    """
    Correct a phone number or e-mail, or what it is used for.

    :raises StaleVersion: somebody else changed it since this version was shown
    :raises Invalid: no digits in a phone number, or not an e-mail address
    :raises ContactTwice: the patient has it already
    """
    locked = checks.lock(contact, version, {"value": value, "use": use})
    read = _read(locked.patient, ContactGiven(locked.system, value, use), rank=locked.rank)
    for name in ("value", "digits", "use", "is_verified"):
        setattr(locked, name, getattr(read, name))
    locked.version += 1
    _save_once(locked)
    if is_first:
        _ask_first(locked)
    checks.wrote(locked.patient, contact=str(locked.pk))
    return locked


@act(permission=Permission.REGISTER_PATIENT, scope=checks.where_owner_known("contact"))
def remove_contact(*, contact: ContactPoint, by: Actor) -> str:
    """
    Take a number off the list that no longer reaches the patient; the row history keeps it.

    Returns the right to take that back.
    """
    patient, system, was_first = contact.patient, contact.system, contact.rank == FIRST
    checks.wrote(patient, contact=str(contact.pk))
    token = undo.offer("patients.remove_contact", by=by, contact_id=contact.pk)
    ContactPoint.objects.filter(pk=contact.pk).delete()
    left = ContactPoint.objects.filter(patient=patient, system=system).order_by("rank", "id")
    if was_first and (following := left.first()):
        following.save_changes(rank=FIRST)
    return token


@act(permission=Permission.REGISTER_PATIENT, scope=checks.where_owner_known("kept"))
def restore_contact(*, kept: Any, by: Actor) -> ContactPoint:
    """
    Put a removed number back, from the row history.

    :raises ContactTwice: it was entered again meanwhile
    """
    contact = ContactPoint(
        id=kept.pgh_obj_id,
        rank=LATER,
        **{name: getattr(kept, name) for name in ("patient_id", "system", "use", "value")},
        **{name: getattr(kept, name) for name in ("digits", "is_verified")},
    )
    try:
        with transaction.atomic():  # a savepoint: the act's transaction survives the refusal
            contact.save(force_insert=True)
    except IntegrityError as error:
        raise ContactTwice from error
    if kept.rank == FIRST:
        _ask_first(contact)
    checks.wrote(contact.patient, contact=str(contact.pk))
    return contact


@undo.reverses("patients.remove_contact")
def _put_back(*, contact_id: str, by: Actor, at: datetime) -> ContactPoint:
    history: Any = ContactPoint._meta.get_field("history").related_model
    kept = history.objects.filter(pgh_obj_id=contact_id).order_by("-pgh_id").first()
    if kept is None:
        raise undo.CannotUndo
    restored: ContactPoint = restore_contact(kept=kept, by=by)
    return restored


@act(permission=Permission.REGISTER_PATIENT, scope=checks.where_known)
def move_patient(
    *, patient: Patient, address: AddressGiven, at: datetime, by: Actor
) -> PatientAddress:
    """
    Enter a new address: the one before it ends where this begins, and stays in the history.

    :raises Invalid: nothing in it, or it begins before the one it follows
    """
    today = clock.today(at, office.practice_zone())
    start = address.start_date or today
    current = (
        PatientAddress.objects.select_for_update(of=("self",))
        .filter(patient=patient, use=address.use, end_date=None)
        .first()
    )
    if current and current.start_date and start < current.start_date:
        raise Invalid(
            f"The address before it began on {current.start_date:%d %b %Y}.", field="start_date"
        )
    if current:
        current.save_changes(end_date=start)
    kept = keep_address(patient, AddressGiven(**vars(address) | {"start_date": start}))
    checks.wrote(patient, address=str(kept.pk))
    return kept


@act(permission=Permission.REGISTER_PATIENT, scope=checks.where_owner_known("address"))
def change_address(
    *, address: PatientAddress, version: int, given: AddressGiven, by: Actor
) -> PatientAddress:
    """
    Correct an address that was written down wrongly; who has moved gets a new one instead.

    :raises StaleVersion: somebody else changed it since this version was shown
    :raises Invalid: nothing left in it, or a line that is too long
    """
    wanted = checks.cleaned(vars(given)) | {"use": address.use}
    locked = checks.lock(address, version, wanted)
    wanted["start_date"] = given.start_date or locked.start_date
    _refuse_empty(wanted)
    checks.refuse_impossible(PatientAddress(patient=locked.patient, **wanted), only=wanted)
    if locked.end_date and wanted["start_date"] and wanted["start_date"] > locked.end_date:
        raise Invalid("The address would begin after it ended.", field="start_date")
    locked.save_changes(**wanted)
    checks.wrote(locked.patient, address=str(locked.pk))
    return locked


@act(permission=Permission.REGISTER_PATIENT, scope=checks.where_owner_known("address"))
def end_address(*, address: PatientAddress, end_date: date, by: Actor) -> PatientAddress:
    """
    The patient no longer lives there, and where instead is not known.

    :raises Invalid: it would end before it began
    """
    locked = PatientAddress.objects.select_for_update(of=("self",)).get(pk=address.pk)
    if locked.start_date and end_date < locked.start_date:
        raise Invalid("The address would end before it began.", field="end_date")
    locked.save_changes(end_date=end_date)
    checks.wrote(locked.patient, address=str(locked.pk))
    return locked


def keep_contacts(patient: Patient, given: Sequence[ContactGiven]) -> list[ContactPoint]:
    """Inside an act: the first of each kind is asked first; what is given twice is kept once."""
    kept: dict[tuple[str, str], ContactPoint] = {}
    for each in given:
        later = any(system == each.system for system, _ in kept)
        contact = _read(patient, each, rank=LATER if later else FIRST)
        kept.setdefault((contact.system, contact.value), contact)
    return ContactPoint.objects.bulk_create(kept.values())


def keep_address(patient: Patient, given: AddressGiven) -> PatientAddress:
    """Inside an act: check and write an address."""
    values = checks.cleaned(vars(given))
    _refuse_empty(values)
    address = PatientAddress(patient=patient, **values)
    checks.refuse_impossible(address, only=values)
    address.save(force_insert=True)
    return address


def _refuse_empty(values: dict[str, str]) -> None:
    if not any(values[name] for name in ("line", "city", "state", "postal_code")):
        raise Invalid("An address has at least a street, a city or a ZIP code.", field="line")


def _read(patient: Patient, given: ContactGiven, rank: int) -> ContactPoint:
    value, digits, is_verified = clean(given.value), "", False
    if given.system == System.PHONE:
        phone = read_phone(given.value)
        value, digits, is_verified = phone.given, phone.digits, phone.is_valid
        if not digits:
            raise Invalid("A phone number has digits.", field="value")
    elif given.system == System.EMAIL:
        _refuse_no_email(value)
    contact = ContactPoint(
        patient=patient,
        system=given.system,
        use=given.use,
        value=value,
        digits=digits,
        rank=rank,
        is_verified=is_verified,
    )
    checks.refuse_impossible(contact, only=("system", "use", "value"))
    return contact


def _refuse_no_email(value: str) -> None:
    try:
        validate_email(value)
    except ValidationError as error:
        raise Invalid(
            "This is not an e-mail address. It looks like name@example.com.", field="value"
        ) from error


def _save_once(contact: ContactPoint) -> None:
    try:
        with transaction.atomic():  # a savepoint: the act's transaction survives the refusal
            contact.save()
    except IntegrityError as error:
        if violated_constraint(error) == "contact_point_once":
            raise ContactTwice from error
        raise


def _ask_first(contact: ContactPoint) -> None:
    """Of a kind one is asked first; the others step back."""
    others = ContactPoint.objects.filter(patient=contact.patient_id, system=contact.system)
    for other in others.filter(rank=FIRST).exclude(pk=contact.pk):
        other.save_changes(rank=LATER)
    contact.save_changes(rank=FIRST)
