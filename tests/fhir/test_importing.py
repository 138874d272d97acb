"""Importing: created, updated, unchanged, refused; one bad resource never stops the rest."""

from datetime import date

import pytest
from django.db import DatabaseError, OperationalError

from fhir import importer as importing
from fhir.actions import keeping
from fhir.importer import Importer
from kernel.models import AuditEvent, GateVerdict
from kernel.refusals import Forbidden
from office.models import Location, Organization
from office.roles import Role
from patients.models import (
    ContactPoint,
    Encounter,
    Patient,
    PatientAddress,
    PatientIdentifier,
    RelatedPerson,
)
from scheduling.models import Appointment, Reservation
from staff.models import Practitioner
from tests import factories
from tests.clock import at
from tests.factories import AppointmentTypeFactory, PatientFactory
from tests.fhir.conftest import (
    NPI,
    appointment,
    bundle,
    encounter,
    organization,
    person,
    place,
    related,
)
from tests.fhir.conftest import practitioner as practitioner_resource

pytestmark = pytest.mark.django_db

ROLE = {
    "resourceType": "PractitionerRole",
    "id": "x1",
    "practitioner": {"reference": "Practitioner/d1"},
    "organization": {"reference": "Organization/o1"},
    "specialty": [{"text": "Cardiology"}],
}
FULL = (
    organization(),
    place(managingOrganization={"reference": "Organization/o1"}),
    practitioner_resource(),
    ROLE,
    person(
        identifier=[{"system": "urn:clinic", "value": "M-77"}],
        telecom=[{"system": "phone", "value": "(212) 736-5000", "use": "mobile"}],
        address=[{"line": ["12 Pier St"], "city": "Albany"}],
    ),
    related(),
    encounter(
        participant=[{"individual": {"reference": "Practitioner/d1"}}],
        location=[{"location": {"reference": "Location/l1"}}],
        serviceProvider={"reference": "Organization/o1"},
    ),
    appointment("Patient/p1", "Practitioner/d1", "Location/l1"),
    {"resourceType": "Observation", "id": "b1"},
)


def test_a_file_becomes_patients_with_their_history(run, location, desk):
    done = run(bundle(*FULL))

    assert done.refused == {}
    assert {kind: counted.get("created") for kind, counted in done.counts.items()} == {
        "Organization": 1, "Location": 1, "Practitioner": 1, "PractitionerRole": None,
        "Patient": 1, "RelatedPerson": 1, "Encounter": 1, "Appointment": 1,
    }  # fmt: skip
    assert done.counts["PractitionerRole"] == {"updated": 1}
    assert done.report.not_imported == {"Observation": 1}
    patient = Patient.objects.get()
    assert (patient.family_name, patient.middle_name) == ("Delgado", "Maria")
    assert patient.medical_record_number.isdigit()
    assert patient.search_key == "delgado rosa maria"
    assert list(patient.locations.all()) == [location]
    assert patient.contact_points.get().digits == "2127365000"
    assert not patient.contact_points.get().is_verified
    assert patient.addresses.get().city == "Albany"
    assert patient.related_persons.get().given_name == "Ana"
    seen = Encounter.objects.visible_to(desk).get()
    assert (seen.practitioner.family_name, seen.service_provider.name) == (
        "Sanford",
        "Bay Hospital",
    )
    assert (seen.status, seen.left_at) == ("finished", seen.period.upper)


def test_people_and_places_of_others_are_never_booked(run):
    run(bundle(*FULL))

    who = Practitioner.objects.get()
    assert (who.is_external, who.is_bookable, who.npi, who.specialty) == (
        True,
        False,
        "320",
        "Cardiology",
    )
    assert who.organization == Organization.objects.get()
    assert Location.objects.get(name="Bay Hospital, Ward 2").is_external


def test_the_second_run_changes_nothing(run, django_assert_max_num_queries):
    run(bundle(*FULL))
    before = {model: list(model.objects.order_by("pk").values()) for model in KEPT}

    done = run(bundle(*FULL))

    assert {kind: set(counted) for kind, counted in done.counts.items()} == {
        kind: {"unchanged"} for kind in done.counts
    }
    assert {model: list(model.objects.order_by("pk").values()) for model in KEPT} == before


KEPT = [Patient, ContactPoint, PatientAddress, PatientIdentifier, RelatedPerson, Encounter, Practitioner,
        Organization, Location, Appointment, Reservation]  # fmt: skip


def test_what_changed_there_is_changed_here(run):
    run(bundle(*FULL))

    done = run(
        bundle(
            organization(name="Bay Medical"),
            person(
                family="Santos",
                telecom=[{"system": "phone", "value": "555-0142"}],
                address=[{"line": ["4 Elm Ave"], "city": "Albany"}],
            ),
            related(name=[{"family": "Santos", "given": ["Anna"]}]),
            encounter(status="cancelled"),
            appointment("Patient/p1", "Location/l1", status="noshow"),
        )
    )

    assert all(counted == {"updated": 1} for counted in done.counts.values())
    patient = Patient.objects.get()
    assert (patient.family_name, patient.family_key, patient.version) == ("Santos", "santos", 2)
    assert patient.history.get().family_name == "Delgado"
    assert patient.contact_points.count() == 2
    assert patient.addresses.get(end_date=None).line == "4 Elm Ave"
    assert patient.addresses.exclude(end_date=None).get().end_date == date(2026, 11, 16)
    assert Organization.objects.get().name == "Bay Medical"
    assert RelatedPerson.objects.get().given_name == "Anna"
    assert Encounter.objects.get().status == "cancelled"
    assert Appointment.objects.get().status == "noshow"


def test_what_the_desk_changed_stays_until_the_file_changes(run, desk):
    run(bundle(person()))
    Patient.objects.update(preferred_name="Rosie")

    run(bundle(person()))

    assert Patient.objects.get().preferred_name == "Rosie"


def test_an_address_that_is_the_same_is_left(run):
    home = {"line": ["12 Pier St"], "city": "Albany", "period": {"start": "2030-01-01"}}
    old = {"line": ["1 Old Rd"], "period": {"start": "2001-01-01", "end": "2002-01-01"}}
    run(bundle(person(address=[home, old])))

    run(bundle(person(address=[home, old], maritalStatus={"coding": [{"code": "M"}]})))
    run(bundle(person(address=[{"line": ["4 Elm Ave"]}])))

    assert PatientAddress.objects.get(line="12 Pier St").end_date == date(2030, 1, 1)
    assert PatientAddress.objects.count() == 3


def test_one_organization_in_many_bundles_is_one(run):
    done = run(bundle(organization()), bundle(organization()), bundle(organization()))

    assert done.counts["Organization"] == {"created": 1, "unchanged": 2}


def test_two_versions_in_one_file_end_as_the_later(run):
    done = run(bundle(organization(), organization(name="Bay Medical")))

    assert done.counts["Organization"] == {"created": 1, "updated": 1}
    assert Organization.objects.get().name == "Bay Medical"


def test_bundles_name_their_resources_as_they_like(run):
    resources = [person(id="abc"), encounter(subject={"reference": "urn:uuid:abc"})]

    assert run(bundle(*resources, urns=True)).counts["Encounter"] == {"created": 1}


def test_lines_come_in_any_order(run):
    parts = [organization(partOf={"reference": "Organization/o2"}), organization(id="o2")]

    done = run(Zeta__ndjson=[encounter(), related(), person()], Other__ndjson=parts)

    assert done.refused == {}
    assert done.counts["Encounter"] == {"created": 1}
    assert done.counts["Organization"] == {"created": 2}


def test_much_that_waits_is_worked_off_in_batches(run, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    visits = [encounter(id=f"e{n}") for n in range(7)]

    done = run(a=bundle(*visits), b=bundle(person()))

    assert done.counts["Encounter"] == {"created": 7}


@pytest.mark.parametrize(
    ("resources", "what", "reason"),
    [
        ([encounter()], "Encounter/e1", "refers to Patient/p1; not all of that is in these files"),
        ([person(), encounter(serviceProvider={"reference": "Organization/o9"})], "Encounter/e1", "Organization/o9"),
        ([related()], "RelatedPerson/r1", "Patient/p1"),
        ([ROLE], "PractitionerRole/x1", "Practitioner/d1"),
        ([encounter(subject={"reference": "Patient?identifier=urn:x|9"})], "Encounter/e1", "Patient urn:x|9"),
        (
            [organization(partOf={"reference": "Organization/o2"}),
             organization(id="o2", partOf={"reference": "Organization/o1"})],
            "Organization/o1", "a circle",
        ),
        ([organization(partOf={"reference": "Organization/o1"})], "Organization/o1", "a circle of references"),
        ([person(), encounter(partOf={"reference": "Encounter/e9"})], "Encounter/e1", "Encounter/e9"),
    ],
    ids=["patient", "organization", "family", "role", "number", "circle", "itself", "part"],
)  # fmt: skip
def test_references_that_lead_nowhere_are_refused(run, resources, what, reason):
    done = run(bundle(*resources))

    assert reason in done.refused[what]
    assert not Encounter.objects.exists()
    assert not Organization.objects.exists()


def test_references_by_number_are_looked_up(run):
    telling = [{"system": "urn:clinic", "value": "M-77"}]
    done = run(
        bundle(
            person(identifier=telling),
            practitioner_resource(),
            organization(),
            encounter(
                subject={"identifier": {"system": "urn:clinic", "value": "M-77"}},
                participant=[{"individual": {"reference": f"Practitioner?identifier={NPI}|320"}}],
                serviceProvider={"reference": "Organization?identifier=urn:x|o1"},
            ),
        )
    )

    assert done.refused == {}
    seen = Encounter.objects.get()
    assert (seen.practitioner.family_name, seen.service_provider.name) == (
        "Sanford",
        "Bay Hospital",
    )


def test_a_bad_resource_never_stops_the_rest(run):
    born, died = "2020-03-02", "2020-03-02T00:30:00+05:00"  # to the database still the day before
    done = run(
        bundle(
            person(),
            person(id="p2", birthDate=born, deceasedDateTime=died),
            person(id="p3", name=[]),
            person(id="p4", identifier=[{"system": "urn:clinic", "value": "M-78"}]),
        ),
        "{torn",
        bundle(person(id="p5")),
    )

    assert done.counts["Patient"] == {"created": 3, "refused": 2}
    assert "patient_died_after_birth" in done.refused["Patient/p2"]
    assert "has no name" in done.refused["Patient/p3"]
    assert "not JSON" in done.refused[""]


def test_a_change_the_database_refuses_is_refused_alone(run):
    run(bundle(person(), person(id="p2")))

    done = run(
        bundle(
            person(family="Santos"),
            person(id="p2", birthDate="2020-03-02", deceasedDateTime="2020-03-02T00:30:00+05:00"),
        )
    )

    assert done.counts["Patient"] == {"updated": 1, "refused": 1}


def test_a_value_without_a_rule_is_said_plainly():
    assert keeping._reason(DatabaseError()) == "A value does not fit its column."


@pytest.mark.parametrize("number", [1, 2], ids=["together", "alone"])
def test_a_deadlock_is_not_a_refusal(run, monkeypatch, number):
    """The act is done again as a whole; here it fails for good, and nothing is said to be refused."""
    calls = []

    def stuck(write, pairs):
        calls.append(pairs)
        cause = type(
            "Cause", (Exception,), {"sqlstate": "40P01" if len(calls) % 2 == number % 2 else ""}
        )()
        raise OperationalError from cause

    monkeypatch.setattr(keeping, "_in_savepoint", stuck)

    with pytest.raises(OperationalError):
        run(bundle(person()))


# ---- who somebody is ----


def test_two_with_one_number_are_one_too_many(run):
    telling = [{"system": "urn:clinic", "value": "M-77"}]

    done = run(bundle(person(identifier=telling), person(id="p2", identifier=telling)))
    again = run(bundle(person(identifier=telling), person(id="p2", identifier=telling)))

    assert done.refused == {"Patient/p2": "It carries the same number as Patient/p1."}
    assert again.refused == done.refused
    assert again.counts["Patient"] == {"unchanged": 1, "refused": 1}


def test_a_license_that_two_share_refuses_nobody(run):
    shared = [{"system": "urn:dl", "value": "S9", "type": {"coding": [{"code": "XX"}]}}]

    done = run(bundle(person(identifier=shared), person(id="p2", identifier=shared)))

    assert done.counts["Patient"] == {"created": 2}
    assert PatientIdentifier.objects.filter(system="urn:dl").count() == 1


def test_a_patient_of_ours_is_linked_and_not_overwritten(run, location):
    ours = PatientFactory(family_name="Delgado", given_name="Rosie", at=[location])
    ours.identifiers.create(system="urn:clinic", value="M-77", kind="MR")
    telling = [{"system": "urn:clinic", "value": "M-77"}]

    done = run(bundle(person(identifier=telling), encounter()))
    again = run(bundle(person(identifier=telling, gender="male"), encounter()))

    ours.refresh_from_db()
    assert (ours.given_name, ours.gender, ours.version) == ("Rosie", "female", 1)
    assert ours.encounters.count() == 1
    assert done.counts["Patient"] == {"updated": 1}
    assert again.counts["Patient"] == {"unchanged": 1}


def test_a_number_of_somebody_else_is_not_enough(run):
    other = PatientFactory(family_name="Vega")
    other.identifiers.create(system="urn:clinic", value="M-77", kind="MR")

    done = run(bundle(person(identifier=[{"system": "urn:clinic", "value": "M-77"}])))

    assert "number of another patient" in done.refused["Patient/p1"]


def test_numbers_of_two_are_too_many(run):
    for value in ("M-77", "M-78"):
        PatientFactory().identifiers.create(system="urn:clinic", value=value, kind="MR")
    both = [{"system": "urn:clinic", "value": value} for value in ("M-77", "M-78")]

    assert "two patients" in run(bundle(person(identifier=both))).refused["Patient/p1"]


def test_under_one_id_nobody_becomes_somebody_else(run):
    run(bundle(person()))

    done = run(bundle(person(family="Whitfield", birthDate="1999-01-02")))

    assert "another person was imported before" in done.refused["Patient/p1"]
    assert Patient.objects.get().family_name == "Delgado"


def test_two_systems_may_use_the_same_ids(run):
    run(bundle(person()), source="north")
    run(bundle(person(family="Vega", birthDate="1999-01-02")), source="south")

    assert set(Patient.objects.values_list("family_name", flat=True)) == {"Delgado", "Vega"}


def test_a_death_without_a_time_keeps_the_day_it_was_read(run):
    later = at("08:00", date(2026, 11, 20))
    run(bundle(person(deceasedBoolean=True)))
    widowed = {"coding": [{"code": "W"}]}
    run(bundle(person(deceasedBoolean=True, maritalStatus=widowed)), when=later)

    assert Patient.objects.get().deceased_at == at("08:00")


def test_a_role_does_not_change_our_own_people(run, practitioner):
    role = ROLE | {"practitioner": {"reference": f"Practitioner/{practitioner.pk}"}}

    done = run(bundle(organization(), role))

    assert "our own practitioners" in done.refused["PractitionerRole/x1"]
    assert Practitioner.objects.get().specialty == ""


def test_roles_fill_only_what_is_empty(run):
    other = ROLE | {"id": "x2", "specialty": [{"text": "Surgery"}], "organization": None}

    first = run(bundle(organization(), practitioner_resource(), ROLE, other))
    second = run(bundle(organization(), practitioner_resource(), ROLE, other))

    assert first.counts["PractitionerRole"] == {"updated": 2}
    assert second.counts["PractitionerRole"] == {"unchanged": 2}
    assert Practitioner.objects.get().specialty == "Cardiology"


# ---- visits ----


@pytest.fixture
def ours(location, practitioner, monday):
    """A visit type, a location and a practitioner of ours, as a file names them."""
    AppointmentTypeFactory(name="Follow-up")
    return [f"Location/{location.pk}", f"Practitioner/{practitioner.pk}"]


def future(*actors, **changes):
    times = {"start": "2026-12-01T10:00:00-05:00", "end": "2026-12-01T10:30:00-05:00"}
    kind = {"appointmentType": {"text": "follow-up"}, "status": "booked"}
    return appointment("Patient/p1", *actors, **times | kind | changes)


def test_visits_of_the_past_hold_no_time(run, ours):
    held = [appointment("Patient/p1", *ours, id=f"a{n}") for n in range(3)]

    run(bundle(person(), *held))

    assert Appointment.objects.filter(status="fulfilled").count() == 3
    assert not Reservation.objects.exists()
    verdict = GateVerdict.objects.get()
    assert (verdict.outcome, verdict.point, verdict.reason) == (
        "exempt",
        "appointment.book",
        "3 imported",
    )


def test_a_canceled_visit_says_who_and_why(run, ours):
    said = {"status": "cancelled", "cancelationReason": {"text": "Snow"}}

    run(
        bundle(
            person(),
            appointment("Patient/p1", *ours, **said),
            future(*ours, id="a2", status="cancelled"),
        )
    )

    reasons = Appointment.objects.order_by("starts_at").values_list("cancelled_by", "cancel_reason")
    assert list(reasons) == [("practice", "Snow"), ("practice", "Not said in the imported file")]


def test_a_file_books_nothing_where_its_owner_does_not_work(run, ours, elsewhere, location):
    elsewhere_too = place(id="l9", name=elsewhere.name)
    report = run(
        bundle(person(), elsewhere_too, future("Location/l9", ours[1])),
        by=factories.actor(Role.ADMINISTRATOR, location),
    )

    assert "where you do not work" in report.refused["Appointment/a1"]
    assert not Appointment.objects.exists()


def test_a_future_visit_with_us_is_booked(run, ours, location, practitioner):
    done = run(bundle(person(), future(*ours)))
    again = run(bundle(person(), future(*ours)))

    assert done.refused == {}
    assert again.counts["Appointment"] == {"unchanged": 1}
    visit = Appointment.objects.get()
    assert (visit.location, visit.practitioner, visit.appointment_type.name) == (
        location,
        practitioner,
        "Follow-up",
    )
    assert visit.reservations.filter(is_live=True).count() == 2
    assert not GateVerdict.objects.filter(outcome="exempt").exists()


def test_our_people_are_known_by_npi_and_name(run, ours, location, practitioner):
    Practitioner.objects.filter(pk=practitioner.pk).update(npi="1234567893")
    number = [{"system": NPI, "value": "1234567893"}]
    theirs = [place(name=location.name.upper()), practitioner_resource(identifier=number)]

    done = run(bundle(person(), *theirs, future("Location/l1", "Practitioner/d1")))

    assert done.refused == {}
    assert Appointment.objects.get().practitioner == practitioner


@pytest.mark.parametrize(
    ("visit", "reason"),
    [
        (lambda ours: future(ours[0], "Practitioner/d1"), "nobody who takes visits here"),
        (lambda ours: future(ours[0]), "nobody who takes visits here"),
        (lambda ours: future("Location/l1", ours[1]), "a location that is not ours"),
        (lambda ours: future("Location/nowhere", ours[1]), "a location that is not ours"),
        (lambda ours: future(*ours, status="proposed"), "only booked ones hold time"),
        (
            lambda ours: future(*ours, appointmentType={"text": "Something else"}),
            "no longer in use",
        ),
        (lambda ours: future(*ours, end="2026-12-01T10:02:00-05:00"), "between 5 and 480 minutes"),
        (
            lambda ours: future(*ours, participant=future("Patient/p9", *ours)["participant"][1:]),
            "Patient/p9",
        ),
        (
            lambda ours: appointment("Patient/p1", *ours, status="arrived"),
            "only recorded at the desk",
        ),
    ],
)
def test_a_visit_that_cannot_be_booked_is_refused_with_the_reason(run, ours, visit, reason):
    done = run(bundle(person(), practitioner_resource(), place(), visit(ours)))

    assert reason in done.refused["Appointment/a1"]
    assert not Appointment.objects.exists()


def test_a_time_that_is_taken_is_refused(run, ours):
    done = run(bundle(person(), person(id="p2", family="Vega"), future(*ours), future(*ours, id="a2") | {
        "participant": [{"actor": {"reference": each}} for each in ("Patient/p2", *ours)]
    }))  # fmt: skip

    assert list(done.refused) == ["Appointment/a2"]
    assert Appointment.objects.get().source_id == "a1"


def test_a_booked_visit_is_changed_in_the_schedule_only(run, ours):
    run(bundle(person(), future(*ours)))

    done = run(bundle(person(), future(*ours, comment="Bring the log")))

    assert "change it in the schedule" in done.refused["Appointment/a1"]


# ---- the act ----


def test_each_batch_is_one_audit_event(run, manager):
    run(bundle(*FULL[:7]))

    event = AuditEvent.objects.get(action="fhir.import_batch")
    assert (event.subject_kind, event.subject_ids) == (
        "patients.patient",
        [Patient.objects.get().pk],
    )
    assert event.details["counts"]["Encounter"] == {"created": 1}


def test_a_batch_without_patients_names_what_it_wrote(run):
    run(bundle(organization()))

    event = AuditEvent.objects.get(action="fhir.import_batch")
    assert event.subject_ids == [Organization.objects.get().pk]


@pytest.mark.parametrize("resource", [person(), future("Location/l1")], ids=["batch", "visit"])
def test_who_may_not_import_imports_nothing(run, location, resource):
    with pytest.raises(Forbidden):
        run(bundle(resource), by=factories.actor(Role.MANAGER, location))

    assert not Patient.objects.exists()
    assert AuditEvent.objects.get().outcome == "denied"


def test_the_import_stops_when_it_is_told(location, files):
    class Enough(Exception):
        pass

    def hear(progress, report):
        raise Enough

    from kernel.actors import Actor

    importer = Importer(location=location, at=at("08:00"), by=Actor.system("test"))
    with pytest.raises(Enough):
        importer.run([files(a=bundle(person()))], hear)

    assert Patient.objects.count() == 1


def test_everything_refused_is_counted_and_some_is_kept(run, monkeypatch):
    monkeypatch.setattr("fhir.report.MOST_LINES", 2)

    done = run(bundle(*(person(id=f"p{n}", name=[]) for n in range(5))))

    assert (len(done.report.refused), done.report.refused_count) == (2, 5)
    assert done.counts["Patient"] == {"refused": 5}


def test_no_address_in_a_file_is_ever_opened(run, monkeypatch):
    """Sockets are closed in the tests; an import that fetched something would fail here."""
    photo = [{"url": "http://127.0.0.1:9/photo.png"}]

    done = run(
        bundle(
            person(photo=photo), encounter(subject={"reference": "http://127.0.0.1:9/Patient/p1"})
        )
    )

    assert done.refused == {}


def test_no_reason_tells_what_was_in_the_file(run):
    done = run(bundle(person(family="Secretname" * 11), person(id="p2", birthDate="Secretname")))

    assert "Secretname" not in str([str(line) for line in done.report.refused])
