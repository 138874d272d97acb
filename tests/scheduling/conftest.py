"""A clinician, a patient, a type of visit, and a clerk who books."""

from datetime import date

import pytest
import time_machine

from office.roles import Role
from scheduling import actions  # noqa: F401
from scheduling.actions.booking import book_appointment
from scheduling.models import AppointmentType
from tests import factories
from tests.clock import at
from tests.scheduling.screens import PAGE, TOMORROW


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


@pytest.fixture
def half_past_ten():
    """On the tests' Monday."""
    with time_machine.travel(at("10:30"), tick=False):
        yield


@pytest.fixture
def front(signed_in, location):
    """A browser at the front desk."""
    return signed_in(Role.FRONT_DESK, location)


@pytest.fixture
def rosa(location):
    return factories.PatientFactory(
        family_name="Delgado", given_name="Rosa", birth_date=date(1962, 7, 14), at=[location]
    )


@pytest.fixture
def office(practice, location):
    """Two clinicians who are there all day, Rosa, and a follow-up of thirty minutes."""
    factories.AppointmentTypeFactory(name="Follow-up", minutes=30)
    bell = factories.PractitionerFactory(family_name="Bell", given_name="M", available=location)
    osei = factories.PractitionerFactory(family_name="Osei", given_name="A", available=location)
    rosa = factories.PatientFactory(family_name="Delgado", given_name="Rosa", at=[location])
    return {"location": location, "bell": bell, "osei": osei, "rosa": rosa}


@pytest.fixture
def schedule(open_page, colleague, office):
    def opened(path=PAGE, **options):
        return open_page(path, client=colleague(office["location"]), **options)

    return opened


@pytest.fixture
def booked(office):
    """`booked("09:00", "bell")`: thirty minutes of somebody else, tomorrow unless told otherwise."""

    def do(start, who="bell", minutes=30, day=TOMORROW, **terms):
        given = {
            "patient": factories.PatientFactory(family_name="Haddad", given_name="Yusuf"),
            "practitioner": office[who],
            "location": office["location"],
            "appointment_type": AppointmentType.objects.get(),
            "start": at(start, day),
            "minutes": minutes,
            "by": factories.actor(Role.FRONT_DESK, office["location"]),
        }
        return book_appointment(**(given | terms))

    return do
