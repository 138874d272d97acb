"""Keepers of patients and their families."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from fhir.actions.keeping import Keeper, Known, Pair
from fhir.actions.resolving import IMPORTED_AS
from fhir.rows import Row
from kernel.text import search_key
from patients.actions import keys_of, take_chart_numbers
from patients.models import (
    ContactPoint,
    Patient,
    PatientAddress,
    PatientIdentifier,
    PatientLocation,
    RelatedPerson,
)
from patients.phones import read_phone

ANOTHER = "It carries a number of another patient who is registered here."
SOMEBODY_ELSE = "Under this id another person was imported before: neither name nor birth date fit."
TELLING = {"", "MR", "PI", "PT", "MA", "MC"}  # kinds of numbers that stand for one person
Number = tuple[str, str]


class PatientKeeper(Keeper):
    """
    Patients are found again by the id they have in the files, else by their numbers.

    A patient whom the desk or another source keeps is only linked: an import never overwrites them.
    """

    kind = "Patient"
    model = Patient
    columns = (
        "family_name", "given_name", "middle_name", "suffix", "preferred_name", "birth_date", "gender", "birth_sex",
        "race", "ethnicity", "language", "needs_interpreter", "marital_status", "deceased_at", "is_active",
        "search_key", "family_key", "given_key",
    )  # fmt: skip

    def known(self, rows: Mapping[str, Row]) -> Mapping[str, Known | str]:
        found: dict[str, Known | str] = {}
        for number in self._imported(value__in=list(rows)):
            known = self._known(number.patient, is_linked=True)
            stranger = not known.is_ours and _is_stranger(rows[number.value], number.patient)
            found[number.value] = SOMEBODY_ELSE if stranger else known
        rest = {key: row for key, row in rows.items() if key not in found}
        return found | self._known_by_numbers(rest)

    def values(self, row: Row, refs: Mapping[str, UUID]) -> dict[str, Any]:
        values = row.fields | keys_of(row.fields)
        if row.more["died_some_day"]:
            values["deceased_at"] = self.frame.at  # the file says that, not when
        return values

    def make(self, row: Row, refs: Mapping[str, UUID]) -> Patient:
        own = {"source": self.frame.source, "fingerprint": row.fingerprint}
        return Patient(**self.values(row, refs), **own)

    def insert(self, pairs: Sequence[Pair]) -> None:
        for (_, patient), number in zip(pairs, take_chart_numbers(len(pairs)), strict=True):
            patient.medical_record_number = number
        Patient.objects.bulk_create([patient for _, patient in pairs])
        self._know_here([patient.pk for _, patient in pairs])
        self._keep_numbers(pairs)
        contacts = [each for row, patient in pairs for each in _contacts(row, patient)]
        ContactPoint.objects.bulk_create(contacts)
        homes = [
            PatientAddress(patient=who, **at) for row, who in pairs for at in row.more["addresses"]
        ]
        PatientAddress.objects.bulk_create(homes)

    def changed(self, row: Row, refs: Mapping[str, UUID], instance: Any) -> Any:
        if instance.source != self.frame.source:
            return instance  # only linked
        died = instance.deceased_at
        patient = super().changed(row, refs, instance)
        if row.more["died_some_day"] and died:
            patient.deceased_at = died
        return patient

    def update(self, pairs: Sequence[Pair]) -> None:
        own = [pair for pair in pairs if pair[1].source == self.frame.source]
        super().update(own)
        self._know_here([patient.pk for _, patient in pairs])
        self._keep_numbers(pairs)
        for row, patient in own:
            ContactPoint.objects.bulk_create(_contacts(row, patient), ignore_conflicts=True)
            self._move(row, patient)

    def patients_of(self, pairs: Iterable[Pair]) -> Iterable[UUID]:
        return [patient.pk for _, patient in pairs]

    def _imported(self, **asked: Any) -> Iterable[PatientIdentifier]:
        mine = PatientIdentifier.objects.filter(system=self.frame.source, kind=IMPORTED_AS)
        return mine.filter(**asked).select_related("patient")

    def _known(self, patient: Patient, *, is_linked: bool) -> Known:
        ours = patient.source != self.frame.source
        return Known(patient.pk, patient.fingerprint, is_linked=is_linked, is_ours=ours)

    def _known_by_numbers(self, rows: Mapping[str, Row]) -> dict[str, Known | str]:
        """Who has a number of the row already; two rows with one number are one too many."""
        owners = _owners({number for row in rows.values() for number in _telling(row)})
        imported = {
            each.patient_id: each.value
            for each in self._imported(patient__in={patient.pk for patient in owners.values()})
        }
        first: dict[Number, str] = {}
        found: dict[str, Known | str] = {}
        for row in rows.values():
            numbers = list(_telling(row))
            people = {owners[number].pk: owners[number] for number in numbers if number in owners}
            twin = next((first[number] for number in numbers if number in first), None)
            if twin is not None:
                found[row.id] = f"It carries the same number as Patient/{twin}."
                continue
            if people:
                found[row.id] = self._one_of(row, list(people.values()), imported)
            first |= dict.fromkeys(numbers, row.id)
        return found

    def _one_of(
        self, row: Row, people: Sequence[Patient], imported: Mapping[UUID, str]
    ) -> Known | str:
        patient = people[0]
        if len(people) > 1:
            return "It carries numbers of two patients who are registered here."
        if patient.pk in imported:
            return f"It carries the same number as Patient/{imported[patient.pk]}."
        same_name = patient.family_key == search_key(row.fields["family_name"])
        if not same_name or patient.birth_date != row.fields["birth_date"]:
            return ANOTHER
        return self._known(patient, is_linked=False)

    def _know_here(self, patients: Sequence[UUID]) -> None:
        PatientLocation.objects.bulk_create(
            [PatientLocation(patient_id=pk, location=self.frame.location) for pk in patients],
            ignore_conflicts=True,
        )

    def _keep_numbers(self, pairs: Sequence[Pair]) -> None:
        """The id in the files, and the numbers; one that somebody else has already is left with them."""
        PatientIdentifier.objects.bulk_create(
            [
                PatientIdentifier(patient=patient, system=system, value=value, kind=kind)
                for row, patient in pairs
                for system, value, kind in [
                    [self.frame.source, row.id, IMPORTED_AS],
                    *row.more["identifiers"],
                ]
            ],
            ignore_conflicts=True,
        )

    def _move(self, row: Row, patient: Patient) -> None:
        """Where the file says another address, the one before ends today."""
        today = self.frame.at.date()
        for wanted in row.more["addresses"]:
            if wanted["end_date"]:
                continue
            current = patient.addresses.filter(use=wanted["use"], end_date=None).first()
            if current and all(getattr(current, name) == value for name, value in wanted.items()):
                continue
            if current:
                begun = current.start_date
                current.save_changes(end_date=max(today, begun) if begun else today)
            PatientAddress.objects.create(patient=patient, **wanted)


class RelatedKeeper(Keeper):
    kind = "RelatedPerson"
    model = RelatedPerson
    columns = ("family_name", "given_name", "relationship", "phone", "email", "is_active")
    own_refs = ("patient",)


def _is_stranger(row: Row, patient: Patient) -> bool:
    """One's name changes, and a birth date is corrected; both at once is somebody else."""
    other_name = patient.family_key != search_key(row.fields["family_name"])
    return other_name and patient.birth_date != row.fields["birth_date"]


def _telling(row: Row) -> Iterator[Number]:
    return ((system, value) for system, value, kind in row.more["identifiers"] if kind in TELLING)


def _owners(numbers: set[Number]) -> dict[Number, Patient]:
    """Whose these numbers are."""
    if not numbers:
        return {}
    asked = PatientIdentifier.objects.filter(
        Q(system__in={system for system, _ in numbers})
        & Q(value__in={value for _, value in numbers})
    ).select_related("patient")
    found = {(each.system, each.value): each.patient for each in asked}
    return {number: found[number] for number in numbers if number in found}


def _contacts(row: Row, patient: Patient) -> list[ContactPoint]:
    """Phones and e-mail as given, unverified; the first of each kind is asked first."""
    ranks: dict[str, int] = {}
    made = []
    for system, value, use in row.more["contacts"]:
        ranks[system] = min(ranks.get(system, 0) + 1, 2)
        digits = read_phone(value).digits if system == "phone" else ""
        made.append(
            ContactPoint(
                patient=patient,
                system=system,
                value=value,
                use=use,
                digits=digits,
                rank=ranks[system],
            )
        )
    return made
