"""One request of each operation that the office would really send, with rows of the demo; so that most are done."""

from datetime import timedelta

from django.contrib.auth.models import Group
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from desk.models import ChecklistRun, Party, Task
from kernel.models import Job
from office.models import Location
from patients.models import Encounter, Patient
from scheduling.models import Appointment, AppointmentType
from scheduling.queries.openings import find_openings
from staff.models import Credential, Employee, EmployeeTime, Practitioner


def make(user):
    """`{operation: (id or None, body or None)}` for this person."""
    Job.objects.create(kind="fhir.import", owner_id=user.pk, owner_name=user.name)
    return _reads(user) | _visits() | _people(user) | _tasks(user)


def _first(rows):
    found = rows.order_by("pk").first()
    return str(found.pk) if found else None


def _reads(user):
    rows = {
        "appointment-types": AppointmentType.objects.all(),
        "appointments": Appointment.objects.filter(status="booked"),
        "checklists": ChecklistRun.objects.all(),
        "parties": Party.objects.all(),
        "tasks": Task.objects.open().filter(owner=user),
        "credentials": Credential.objects.filter(voided_at=None),
        "employee-time": EmployeeTime.objects.all(),
        "employees": Employee.objects.all(),
        "encounters": Encounter.objects.all(),
        "jobs": Job.objects.filter(owner_id=user.pk),
        "locations": Location.objects.filter(is_external=False),
        "patients": Patient.objects.all(),
        "practitioners": Practitioner.objects.filter(is_external=False),
    }
    return {f"GET /api/v1/{noun}/{{id}}/": (_first(each), None) for noun, each in rows.items()} | {
        "GET /api/v1/metrics/{name}/": ("visits", None),
        "POST /api/v1/jobs/{id}/cancel/": (_first(rows["jobs"]), None),
    }


def _visits():
    """Each verb has a visit of its own, in the state it is for."""
    free = iter(_openings())
    booked = iter(
        Appointment.objects.filter(status="booked", starts_at__gt=timezone.now()).order_by("pk")
    )
    today = Appointment.objects.filter(starts_at__date=timezone.now().date())
    arrived = iter(today.filter(status="arrived").order_by("pk"))
    cancelled = Appointment.objects.filter(status="cancelled", starts_at__gt=timezone.now())

    def of(rows):
        found = next(rows, None)
        return str(found.pk) if found else None

    kind, place, opening = next(free)
    later = next(free)[2]
    patients = Patient.objects.filter(locations=place).order_by("pk")
    someone, other = patients[0], patients[1]
    terms = {"location": str(place.pk), "appointment_type": str(kind.pk)}
    verb = "POST /api/v1/appointments/{id}/"
    return {
        "POST /api/v1/appointments/": (None, {
            **terms, "patient": str(someone.pk), "practitioner": str(opening.practitioner_id),
            "start": opening.starts_at.isoformat(),
        }),
        "POST /api/v1/appointments/walk-in/": (None, {**terms, "patient": str(other.pk)}),
        verb + "move/": (of(booked), {"start": later.starts_at.isoformat()}),
        verb + "cancel/": (of(booked), {"cancelled_by": "patient", "reason": "Has a cold"}),
        verb + "no-show/": (_first(today.filter(status="booked", starts_at__lt=timezone.now())), None),
        verb + "reinstate/": (_first(cancelled), None),
        verb + "arrive/": (_first(today.filter(status="booked")), None),
        verb + "advance/": (of(arrived), {"step": "check-in"}),
        verb + "step-back/": (of(arrived), None),
    }  # fmt: skip


def _tasks(user):
    """Each verb has a task of its own."""
    place = _first(Location.objects.filter(is_external=False))
    mine = [str(each.pk) for each in Task.objects.open().filter(owner=user).order_by("pk")]
    task = iter(mine + [None] * 8)
    verb = "POST /api/v1/tasks/{id}/"
    nurses = Group.objects.get(name="Nurse")
    return {
        "POST /api/v1/tasks/": (None, {"location": place, "title": "Call the lab"}),
        verb + "change/": (next(task), {"version": 1, "title": "Ring the lab"}),
        verb + "take/": (_first(Task.objects.open().filter(owner=None, team__user=user)), None),
        verb + "hand-over/": (next(task), {"team": nurses.pk, "note": "Please"}),
        verb + "comment/": (next(task), {"text": "Busy"}),
        verb + "done/": (next(task), {"note": "Sent"}),
        verb + "drop/": (next(task), {"reason": "Not needed"}),
        verb + "reopen/": (_first(Task.objects.closed().filter(owner=user)), None),
    }


def _openings():
    now = timezone.now()
    for place in Location.objects.filter(is_external=False).order_by("pk"):
        for kind in AppointmentType.objects.filter(is_active=True).order_by("pk"):
            for each in find_openings(
                appointment_type=kind,
                location=place,
                span=DateTimeTZRange(now + timedelta(days=1), now + timedelta(days=14)),
                practitioners=_licensed(now),
                limit=4,
            ):
                yield kind, place, each


def _licensed(now):
    """Some lapse on purpose: whoever books them is stopped by a rule."""
    soon = now.date() + timedelta(days=15)
    lapsing = Credential.objects.filter(expires_date__lt=soon).values("employee")
    return list(
        Practitioner.objects.filter(is_bookable=True)
        .exclude(employee__in=lapsing)
        .values_list("pk", flat=True)
    )


def _people(user):
    now = timezone.now()
    asked = EmployeeTime.objects.filter(status="requested").order_by("pk")
    own = Employee.objects.filter(user=user).first() or Employee.objects.first()
    credential = Credential.objects.filter(voided_at=None).order_by("-pk")
    patient = Patient.objects.order_by("pk").first()
    place = _first(Location.objects.filter(is_external=False))
    leave = {
        "employee": str(own.pk), "leave_type": "vacation",
        "start": (now + timedelta(days=60)).isoformat(), "end": (now + timedelta(days=61)).isoformat(),
    }  # fmt: skip
    return {
        "POST /api/v1/patients/": (None, {
            "family_name": "Rossi", "given_name": "Marta", "birth_date": "1962-07-14",
            "gender": "female", "location": place,
        }),
        "POST /api/v1/patients/{id}/change/": (
            str(patient.pk), {"version": patient.version, "note": "Prefers mornings"},
        ),
        "POST /api/v1/patients/search/": (None, {"q": patient.family_name}),
        "POST /api/v1/credentials/": (None, {
            "employee": str(own.pk), "kind": "life-support", "expires_date": "2028-01-01",
        }),
        "POST /api/v1/credentials/{id}/renew/": (
            str(credential[0].pk),
            {"version": credential[0].version, "expires_date": "2029-01-01"},
        ),
        "POST /api/v1/credentials/{id}/void/": (str(credential[1].pk), {"reason": "Entered twice"}),
        "POST /api/v1/employee-time/": (None, leave),
        "POST /api/v1/employee-time/{id}/approve/": (_first(asked), None),
        "POST /api/v1/employee-time/{id}/decline/": (
            str(asked[1].pk) if len(asked) > 1 else None,
            {"reason": "Two are away already"},
        ),
        "POST /api/v1/employee-time/{id}/cancel/": (
            _first(EmployeeTime.objects.filter(employee=own, kind="leave", status="requested")), None,
        ),
    }  # fmt: skip
