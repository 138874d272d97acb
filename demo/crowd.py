"""Who comes: patients by site and age, some of them often, and newcomers once as new patients."""

from collections import defaultdict
from datetime import date
from random import Random
from uuid import UUID

from demo.families import ADULT, age
from office.models import Location
from patients.models import Patient, PatientLocation

FROM_ELSEWHERE = 0.06
TRIES = 40


class Crowd:
    """Patients to choose from."""

    def __init__(self, patients: list[Patient], newcomers: list[Patient], today: date) -> None:
        self.today = today
        self.homes: dict[UUID, UUID] = {}
        rows = PatientLocation.objects.order_by("id").values_list("patient_id", "location_id")
        for patient_id, location_id in rows:
            self.homes.setdefault(patient_id, location_id)
        self.newcomers: dict[UUID, list[Patient]] = defaultdict(list)
        self.regulars: dict[tuple[UUID, bool], list[Patient]] = defaultdict(list)
        new = {each.pk for each in newcomers}
        for patient in patients:
            if patient.deceased_at or not patient.is_active or patient.pk not in self.homes:
                continue
            if patient.pk in new:
                self.newcomers[self.homes[patient.pk]].append(patient)
            else:
                self._welcome(patient)

    def _welcome(self, patient: Patient) -> None:
        """The number in the chart decides how often somebody comes: a few often, most seldom."""
        often = 2 if patient.medical_record_number.endswith(("3", "6", "9")) else 1
        home = self.homes[patient.pk]
        self.regulars[home, age(patient, self.today) < ADULT].extend([patient] * often)

    def newcomer(self, location: Location, child: bool | None) -> Patient | None:
        """Somebody who has never been here; from now on a regular."""
        waiting = self.newcomers[location.pk]
        for place, patient in enumerate(waiting):
            if child is None or (age(patient, self.today) < ADULT) is child:
                del waiting[place]
                self._welcome(patient)
                return patient
        return None

    def regular(
        self, location: Location, child: bool, seen: set[UUID], chance: Random
    ) -> Patient | None:
        home = location.pk
        if chance.random() < FROM_ELSEWHERE:
            home = chance.choice(list(self.regulars))[0]
        pool = self.regulars[home, child] or self.regulars[location.pk, child]
        for _ in range(TRIES if pool else 0):
            patient = chance.choice(pool)
            if patient.pk not in seen:
                return patient
        return None


def known_crowd(today: date) -> Crowd:
    """Everybody registered; newcomers are those who never had a visit."""
    patients = list(Patient.objects.in_use().exclude(birth_date=None).order_by("id"))
    newcomers = Patient.objects.in_use().filter(appointments=None)
    return Crowd(patients, list(newcomers), today)
