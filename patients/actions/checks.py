"""What every action on a patient asks first: where, which version, and whether the values can be true."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from kernel import acts, live, text
from kernel.refusals import Invalid, StaleVersion
from patients.models import Patient, PatientLocation

M = TypeVar("M", bound=models.Model)

EARLIEST_BIRTH = date(1850, 1, 1)  # the constraint patient_born_in_reason


def where_known(asked: Mapping[str, Any]) -> UUID | None:
    """
    The scope of an act on a patient: a location that knows the patient and where the actor works.

    Without one in common it is a location that the actor does not have, so the act is out of scope.
    """
    patient, by = asked["patient"], asked["by"]
    places = list(
        PatientLocation.objects.filter(patient=patient)
        .order_by("id")
        .values_list("location", flat=True)
    )
    return next((place for place in places if by.works_at(place)), places[0] if places else None)


def where_owner_known(name: str) -> Any:
    """The same for what belongs to a patient: a contact point, an address, a related person."""

    def scope(asked: Mapping[str, Any]) -> UUID | None:
        return where_known({"patient": asked[name].patient_id, "by": asked["by"]})

    return scope


def topic(patient_id: UUID) -> str:
    """The live topic of one patient: open profiles fetch themselves when it is told."""
    return f"patient:{patient_id}"


def wrote(patient: Patient, **details: Any) -> None:
    """Tell the audit event whom it is about, and open pages that it is out of date."""
    acts.note(patient, **details)
    live.changed(topic(patient.pk))


def cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept: typed lines composed, without control marks and double spaces."""
    return {
        name: text.clean(value) if isinstance(value, str) else value
        for name, value in values.items()
    }


def lock(row: M, version: int, changes: Mapping[str, Any]) -> M:
    """
    Read the row again under a lock.

    :raises StaleVersion: somebody changed it since `version`; carries theirs and yours
    """
    locked = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if getattr(locked, "version", None) != version:
        raise StaleVersion(locked, dict(changes))
    return locked


def refuse_impossible(row: models.Model, only: Iterable[str]) -> None:
    """
    Check lengths, codes and formats as the model declares them; the database would only say no.

    :raises Invalid: names the first field that is wrong
    """
    names = {field.name for field in row._meta.fields}
    exclude = names - set(only)
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        label = str(row._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]
        raise Invalid(f"{label}: {messages[0]}", field=name) from error


def refuse_impossible_birth(born: date | None, today: date) -> None:
    """
    :raises Invalid: in the future, or before anybody alive was born
    """
    if born and born > today:
        raise Invalid("The birth date lies in the future.", field="birth_date")
    if born and born < EARLIEST_BIRTH:
        raise Invalid(
            f"The birth date is before {EARLIEST_BIRTH.year}. Look at the year.", field="birth_date"
        )
