"""Test people and places; they speak the domain. Rooms add theirs here."""

from datetime import date, time

import factory
from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from access import grants
from access.models import User
from kernel import clock
from kernel.actors import Actor
from kernel.models.base import new_id  # noqa: F401
from kernel.text import search_key
from office.models import Device, Location, OpeningHours, Practice, Room
from office.roles import Role
from patients.models import Patient, PatientLocation
from scheduling.models import AppointmentType, Availability
from staff.models import Credential, Employee, EmployeeTime, Practitioner
from tests.clock import ZONE


class DomainFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True


class PracticeFactory(DomainFactory):
    class Meta:
        model = Practice
        django_get_or_create = ("only",)

    name = "Harbor Medical Group"
    zone = ZONE
    is_set_up = True
    only = True


class LocationFactory(DomainFactory):
    """A site that is open every day from 7 to 21 h, unless `hours=None`."""

    class Meta:
        model = Location

    name = factory.Sequence(lambda n: f"Harbor Lane {n}")
    zone = ZONE

    @factory.post_generation
    def hours(self, create, extracted, **kwargs):
        if not create or extracted is False:
            return
        opens, closes = extracted or (time(7), time(21))
        OpeningHours.objects.bulk_create(
            OpeningHours(location=self, weekday=day, opens=opens, closes=closes) for day in range(7)
        )


class RoomFactory(DomainFactory):
    class Meta:
        model = Room

    location = factory.SubFactory(LocationFactory)
    name = factory.Sequence(lambda n: f"Room {n}")


class DeviceFactory(DomainFactory):
    class Meta:
        model = Device

    location = factory.SubFactory(LocationFactory)
    name = factory.Sequence(lambda n: f"Ultrasound {n}")
    kind = "ultrasound"


class UserFactory(DomainFactory):
    """`UserFactory(role=Role.FRONT_DESK, at=[location])`."""

    class Meta:
        model = User

    name = factory.Faker("name")
    email = factory.Sequence(lambda n: f"person{n}@example.org")

    @factory.post_generation
    def role(self, create, extracted, **kwargs):
        if create and extracted:
            self.groups.add(Group.objects.get(name=extracted))

    @factory.post_generation
    def at(self, create, extracted, **kwargs):
        for location in extracted or []:
            assign_perm("office.work_at", self, location)

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        self.set_password(extracted) if extracted else self.set_unusable_password()
        self.save()


def actor_of(user: User) -> Actor:
    """The actor a request of this user would carry."""
    return grants.of(user).actor()


def actor(role: Role, *locations: Location) -> Actor:
    return actor_of(UserFactory(role=role, at=locations))


class EmployeeFactory(DomainFactory):
    class Meta:
        model = Employee

    family_name = factory.Faker("last_name")
    given_name = factory.Faker("first_name")
    position = "Medical assistant"
    hired_date = date(2020, 1, 6)
    search_key = factory.LazyAttribute(
        lambda self: search_key(f"{self.family_name} {self.given_name}")
    )

    @factory.post_generation
    def at(self, create, extracted, **kwargs):
        self.locations.set(extracted or [])


class PractitionerFactory(DomainFactory):
    """Bookable; `available=location` opens every day from 8 to 17 h there."""

    class Meta:
        model = Practitioner

    family_name = factory.Faker("last_name")
    given_name = factory.Faker("first_name")
    qualification = "MD"
    employee = factory.SubFactory(
        EmployeeFactory,
        family_name=factory.SelfAttribute("..family_name"),
        given_name=factory.SelfAttribute("..given_name"),
        position="Physician",
    )

    @factory.post_generation
    def available(self, create, extracted, **kwargs):
        if not extracted:
            return
        self.locations.add(extracted)
        self.employee.locations.add(extracted)
        Availability.objects.bulk_create(
            Availability(
                practitioner=self,
                location=extracted,
                weekday=day,
                starts=time(8),
                ends=time(17),
                valid_from=date(2020, 1, 1),
            )
            for day in range(7)
        )


class CredentialFactory(DomainFactory):
    class Meta:
        model = Credential

    employee = factory.SubFactory(EmployeeFactory)
    kind = "license"
    number = "A12345"
    state = "NY"
    issued_date = date(2024, 1, 1)
    expires_date = date(2028, 1, 1)
    is_required = True


class EmployeeTimeFactory(DomainFactory):
    class Meta:
        model = EmployeeTime

    employee = factory.SubFactory(EmployeeFactory)
    kind = "leave"
    leave_type = "vacation"
    status = "approved"


class PatientFactory(DomainFactory):
    class Meta:
        model = Patient

    family_name = factory.Faker("last_name")
    given_name = factory.Faker("first_name")
    birth_date = date(1962, 7, 14)
    gender = "female"
    medical_record_number = factory.Sequence(lambda n: f"{100000 + n}")
    search_key = factory.LazyAttribute(
        lambda self: search_key(f"{self.family_name} {self.given_name}")
    )
    family_key = factory.LazyAttribute(lambda self: search_key(self.family_name))
    given_key = factory.LazyAttribute(lambda self: search_key(self.given_name))

    @factory.post_generation
    def at(self, create, extracted, **kwargs):
        for location in extracted or []:
            PatientLocation.objects.create(patient=self, location=location)


class AppointmentTypeFactory(DomainFactory):
    class Meta:
        model = AppointmentType

    name = factory.Sequence(lambda n: f"Follow-up {n}")
    minutes = 30


def span(begins, minutes):
    """A period from an instant on."""
    return clock.period(begins, minutes)


def zone_of(location):
    return clock.zone(location.zone)
