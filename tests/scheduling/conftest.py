"""A clinician, a patient, a type of visit, and a clerk who books."""

import pytest

from scheduling import actions  # noqa: F401
from scheduling.actions.booking import book_appointment
from tests import factories
from tests.clock import at


@pytest.fixture
def follow_up(db):
    return factories.AppointmentTypeFactory(name="Follow-up", minutes=30)


@pytest.fixture
def book(location, practitioner, desk, follow_up):
    """`book("09:00", "09:30")` with a fresh patient, unless a term is given."""

    def do(start, end=None, **terms):
        begins = at(start)
        minutes = round((at(end) - begins).total_seconds() / 60) if end else None
        given = {
            "patient": terms.pop("patient", None) or factories.PatientFactory(),
            "practitioner": practitioner,
            "location": location,
            "appointment_type": follow_up,
            "start": begins,
            "minutes": minutes,
            "by": desk,
        }
        return book_appointment(**(given | terms))

    return do
