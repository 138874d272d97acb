"""Family and others who matter to a patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel import undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid
from patients.actions import checks
from patients.models import Patient, RelatedPerson
from patients.permissions import Permission


@dataclass(frozen=True)
class RelatedGiven:
    """Who somebody is to the patient, and how to reach them."""

    relationship: str
    family_name: str = ""
    given_name: str = ""
    phone: str = ""
    email: str = ""
    is_emergency_contact: bool = False
    other_patient: Patient | None = None


@act(permission=Permission.REGISTER_PATIENT, scope=checks.where_known)
def add_related_person(*, patient: Patient, given: RelatedGiven, by: Actor) -> RelatedPerson:
    """
    Add somebody who matters to the patient; a patient of ours is linked instead of copied.

    :raises Invalid: no name, no relationship, or the patient themselves
    """
    (person,) = keep_related(patient, [given])
    checks.wrote(patient, related_person=str(person.pk))
    return person


@act(permission=Permission.REGISTER_PATIENT, scope=checks.where_owner_known("person"))
def change_related_person(
    *, person: RelatedPerson, version: int, given: RelatedGiven, by: Actor
) -> RelatedPerson:
    """
    Correct who somebody is to the patient, or how to reach them.

    :raises StaleVersion: somebody else changed it since this version was shown
    :raises Invalid: no name, no relationship, or the patient themselves
    """
    wanted = _values(given)
    locked = checks.lock(person, version, wanted)
    _refuse_impossible(RelatedPerson(patient=locked.patient, **wanted))
    locked.save_changes(**wanted)
    checks.wrote(locked.patient, related_person=str(locked.pk))
    return locked


@act(permission=Permission.REGISTER_PATIENT, scope=checks.where_owner_known("person"))
def remove_related_person(*, person: RelatedPerson, by: Actor) -> str:
    """
    Nobody to be asked any more; the row stays, so that older papers still have their name.

    Returns the right to take that back.
    """
    locked = _set_active(person, is_active=False)
    return undo.offer(
        "patients.remove_related_person", by=by, person_id=locked.pk, version=locked.version
    )


@act(permission=Permission.REGISTER_PATIENT, scope=checks.where_owner_known("person"))
def restore_related_person(*, person: RelatedPerson, version: int, by: Actor) -> RelatedPerson:
    """
    Ask them again.

    :raises CannotUndo: somebody changed the row since it was taken away
    """
    if person.version != version:
        raise undo.CannotUndo
    return _set_active(person, is_active=True)


@undo.reverses("patients.remove_related_person")
def _put_back(*, person_id: str, version: int, by: Actor, at: datetime) -> RelatedPerson:
    person = RelatedPerson.objects.select_for_update(of=("self",)).get(pk=person_id)
    restored: RelatedPerson = restore_related_person(person=person, version=version, by=by)
    return restored


def _set_active(person: RelatedPerson, *, is_active: bool) -> RelatedPerson:
    locked = RelatedPerson.objects.select_for_update(of=("self",)).get(pk=person.pk)
    locked.save_changes(is_active=is_active)
    checks.wrote(locked.patient, related_person=str(locked.pk))
    return locked


def keep_related(patient: Patient, given: Sequence[RelatedGiven]) -> list[RelatedPerson]:
    """Inside an act: check and write them in one statement."""
    people = [RelatedPerson(patient=patient, **_values(each)) for each in given]
    for person in people:
        _refuse_impossible(person)
    return RelatedPerson.objects.bulk_create(people)


def _values(given: RelatedGiven) -> dict[str, Any]:
    return checks.cleaned({**vars(given), "other_patient": given.other_patient})


def _refuse_impossible(person: RelatedPerson) -> None:
    if not (person.family_name or person.given_name or person.other_patient_id):
        raise Invalid("Give a name, or pick one of the patients.", field="family_name")
    if person.other_patient_id == person.patient_id:
        raise Invalid("Nobody is related to themselves.", field="other_patient")
    checks.refuse_impossible(
        person, only=("relationship", "family_name", "given_name", "phone", "email")
    )
