"""One of everything at one site, and the words in it that not everybody may read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from access.models import Device as Screen
from access.permissions import Permission as Access
from communications.models import Broadcast, Message
from communications.permissions import Permission as Messages
from desk import store
from desk.actions import indexing
from desk.models import (
    ChecklistItem,
    ChecklistRun,
    ChecklistTemplate,
    Document,
    DocumentVersion,
    Folder,
    Party,
    RunItem,
    Task,
    TaskEntry,
)
from desk.permissions import Permission as Desk
from kernel.actors import Actor
from kernel.models import AuditEvent, GateVerdict
from office.models import Closure, Location
from office.permissions import Permission as Office
from office.roles import Role
from patients.models import ContactPoint, Encounter, EncounterEvent, PatientAddress, RelatedPerson
from patients.permissions import Permission as Patients
from scheduling.models import (
    Appointment,
    AppointmentType,
    AvailabilityException,
    PatientAnswer,
    Reservation,
)
from scheduling.permissions import Permission as Scheduling
from staff.models import Practitioner
from staff.permissions import Permission as Staff
from tests import factories

Sees = Callable[[Actor], bool]


@dataclass(frozen=True)
class Canary:
    """A word that stands nowhere else, and who may read it. `found`: the finder tells it to everybody who finds."""

    word: str
    sees: Sees
    found: bool = False
    but: tuple[str, ...] = ()  # the finder's pages that do not tell it all the same


@dataclass
class Shelf:
    """One of everything at one site."""

    side: str
    location: Location
    at: datetime
    rows: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.rows[name]
        except KeyError:
            raise AttributeError(name) from None

    def word(self, what: str) -> str:
        return f"zq{what}{self.side}"


def fill(shelf: Shelf, kind: AppointmentType) -> None:
    """Room by room."""
    _people_of(shelf)
    _charts_of(shelf)
    _schedule_of(shelf, kind)
    _office_of(shelf)
    _messages_of(shelf)
    _desk_of(shelf)


def _people_of(shelf: Shelf) -> None:
    practitioner = factories.PractitionerFactory(
        family_name=f"Clinician {shelf.side}", available=shelf.location
    )
    employee = practitioner.employee
    employee.save_changes(
        position=shelf.word("position"),
        phone=shelf.word("staffphone"),
        email=f"{shelf.word('staffmail')}@x.org",
    )
    days = DateTimeTZRange(shelf.at + timedelta(days=10), shelf.at + timedelta(days=12))
    shelf.rows |= {
        "practitioner": practitioner,
        "employee": employee,
        "credential": factories.CredentialFactory(
            employee=employee,
            number=shelf.word("license"),
            name=shelf.word("licensename"),
            expires_date=shelf.at.date() + timedelta(days=20),
        ),
        "leave": factories.EmployeeTimeFactory(
            employee=employee, status="requested", period=days, note=shelf.word("leavenote")
        ),
    }


def _charts_of(shelf: Shelf) -> None:
    patient = factories.PatientFactory(
        at=[shelf.location],
        family_name=shelf.word("family"),
        given_name=shelf.word("given"),
        preferred_name=shelf.word("called"),
        medical_record_number=f"ZQMRN{shelf.side.upper()}",
        note=shelf.word("chartnote"),
        birth_date=date(1950 + len(shelf.side), 3, 4),
        race=shelf.word("race"),
    )
    shelf.rows |= {
        "patient": patient,
        "contact": ContactPoint.objects.create(
            patient=patient, system="phone", value=shelf.word("phone"), digits="6465550100"
        ),
        "address": PatientAddress.objects.create(patient=patient, line=shelf.word("street")),
        "related": RelatedPerson.objects.create(
            patient=patient, relationship="mother", family_name=shelf.word("mother")
        ),
    }


def _schedule_of(shelf: Shelf, kind: AppointmentType) -> None:
    shelf.rows["room"] = factories.RoomFactory(location=shelf.location, name=shelf.word("room"))
    shelf.rows["device"] = factories.DeviceFactory(location=shelf.location)
    shelf.rows["visit"] = _visit(shelf, kind, timedelta(minutes=30), note=shelf.word("visitnote"))
    encounter = Encounter.objects.create(
        patient=shelf.patient,
        practitioner=shelf.practitioner,
        location=shelf.location,
        status="arrived",
        reason=shelf.word("reason"),
        period=DateTimeTZRange(shelf.at - timedelta(minutes=20), None),
        arrived_at=shelf.at - timedelta(minutes=20),
    )
    EncounterEvent.objects.create(
        encounter=encounter, code="arrived", at=encounter.arrived_at, actor_name="Desk"
    )
    shelf.rows["arrived"] = _visit(
        shelf, kind, timedelta(minutes=-20), status="arrived", encounter=encounter
    )
    days = DateTimeTZRange(shelf.at + timedelta(days=2), shelf.at + timedelta(days=4))
    factories.EmployeeTimeFactory(employee=shelf.employee, period=days)
    _visit(shelf, kind, timedelta(days=3))  # nobody can keep it
    _visit(shelf, kind, timedelta(days=11))  # during the leave that is asked for
    _visit(shelf, kind, timedelta(days=-1), note=shelf.word("openvisit"))
    past = {"status": "cancelled", "cancelled_by": "practice"}
    past["cancel_reason"] = shelf.word("cancelreason")
    shelf.rows["cancelled"] = _visit(shelf, kind, timedelta(days=-2), **past)
    shelf.rows["encounter"] = encounter
    shelf.rows["exception"] = AvailabilityException.objects.create(
        practitioner=shelf.practitioner,
        location=shelf.location,
        kind="blocked",
        date=shelf.at.date() + timedelta(days=40),
        starts=time(9),
        ends=time(10),
        reason="Course",
    )


def clinician_of_both(here: Shelf, there: Shelf, person: Any) -> Practitioner:
    """Works at the other site too; that they have a visit there is the other site's business."""
    made = factories.PractitionerFactory(employee=person.rows["file"], available=here.location)
    begins = there.at + timedelta(hours=2)
    Appointment.objects.create(
        patient=there.patient,
        practitioner=made,
        location=there.location,
        appointment_type=there.visit.appointment_type,
        period=DateTimeTZRange(begins, begins + timedelta(minutes=30)),
    )
    return made


def _visit(shelf: Shelf, kind: AppointmentType, after: timedelta, **more: Any) -> Appointment:
    begins = shelf.at + after
    span = DateTimeTZRange(begins, begins + timedelta(minutes=kind.minutes))
    visit = Appointment.objects.create(
        patient=shelf.patient,
        practitioner=shelf.practitioner,
        location=shelf.location,
        appointment_type=kind,
        period=span,
        **more,
    )
    if visit.status == "booked":
        Reservation.objects.create(
            appointment=visit,
            resource_kind="practitioner",
            resource_id=shelf.practitioner.pk,
            period=span,
        )
    return visit


def _office_of(shelf: Shelf) -> None:
    GateVerdict.objects.create(
        point="appointment.book",
        rule="scheduling.same_day",
        outcome="overridden",
        sentence="This patient has a visit on the same day.",
        reason=shelf.word("verdict"),
        actor_kind="staff",
        actor_name="Desk",
        location_id=shelf.location.pk,
        subject_kind="patients.patient",
        subject_id=shelf.patient.pk,
    )
    shelf.rows["screen"] = Screen.objects.create(location=shelf.location, name=shelf.word("screen"))
    day = shelf.at.date() + timedelta(days=60)
    shelf.rows["closure"] = Closure.objects.create(
        location=shelf.location, name="Moving", first_date=day, last_date=day
    )
    AuditEvent.objects.create(
        actor_kind="staff",
        actor_name="Desk",
        action="patients.profile",
        outcome="read",
        subject_kind="patients.patient",
        subject_ids=[shelf.patient.pk],
        location_id=shelf.location.pk,
        reason=shelf.word("audit"),
    )


def _messages_of(shelf: Shelf) -> None:
    about = {
        "kind": "appointment.reminder", "subject_kind": "patients.patient", "subject_id": shelf.patient.pk,
        "about_id": shelf.visit.pk, "location": shelf.location,
    }  # fmt: skip
    shelf.rows["message"] = Message.objects.create(
        **about, occasion="unknown", state="unknown", reason="Cut off.", way="sms", gateway="demo",
        address=shelf.word("toaddress"), text=shelf.word("messagetext"),
    )  # fmt: skip
    shelf.rows["broadcast"] = Broadcast.objects.create(
        location=shelf.location, audience="scheduling.booked", first_at=shelf.at - timedelta(days=5),
        last_at=shelf.at + timedelta(days=5), text=shelf.word("broadcast"), made_by="Manager",
    )  # fmt: skip
    shelf.rows["answer"] = PatientAnswer.objects.create(
        appointment=shelf.visit, kind="words", came_by="reply", words=shelf.word("answerwords")
    )


def _desk_of(shelf: Shelf) -> None:
    """A task of somebody who works there, about the patient."""
    owner = factories.UserFactory(role=Role.NURSE, at=[shelf.location], name=f"Owner {shelf.side}")
    task = Task.objects.create(
        location=shelf.location,
        title=shelf.word("tasktitle"),
        text=shelf.word("tasktext"),
        owner=owner,
        about_kind="patients.patient",
        about_id=shelf.patient.pk,
        due_date=shelf.at.date(),
        due_at=shelf.at + timedelta(hours=12),
    )
    TaskEntry.objects.create(
        task=task, code="commented", at=shelf.at, actor_name="Desk", text=shelf.word("taskcomment")
    )
    template = ChecklistTemplate.objects.create(
        name=f"Opening {shelf.side}", rhythm="daily", due_time=time(8)
    )
    template.locations.add(shelf.location)
    measured = ChecklistItem.objects.create(template=template, text="Lights", evidence="number")
    other = ChecklistItem.objects.create(template=template, text="Doors")
    run = ChecklistRun.objects.create(
        template=template, location=shelf.location, date=shelf.at.date(), due_at=shelf.at
    )
    RunItem.objects.create(
        run=run, item=measured, text="Lights", evidence="number", number=5, note=shelf.word("runnote"),
        done_at=shelf.at, done_by_name="Desk",
    )  # fmt: skip
    shelf.rows |= {
        "task": task,
        "checklist": template,
        "measured": measured,
        "run": run,
        "run_item": RunItem.objects.create(run=run, item=other, text="Doors"),
        "party": Party.objects.create(kind="lab", name=f"Lab {shelf.side}", search_key="lab"),
    }
    _papers_of(shelf)


def _papers_of(shelf: Shelf) -> None:
    """A folder of the site with a paper in it, and one about the patient."""
    folder = Folder.objects.create(location=shelf.location, name=shelf.word("foldername"))
    paper = Document.objects.create(
        folder=folder,
        title=shelf.word("papertitle"),
        tags=[shelf.word("papertag")],
        state="available",
    )
    letter = Document.objects.create(
        folder=folder,
        title=shelf.word("lettertitle"),
        about_kind="patients.patient",
        about_id=shelf.patient.pk,
        state="available",
    )
    closed = Folder.objects.create(location=shelf.location, name=shelf.word("closedname"))
    Folder.objects.filter(pk=closed.pk).update(is_closed=True, closed_by=closed)
    Document.objects.create(
        folder=closed,
        title=shelf.word("closedtitle"),
        about_kind="patients.patient",
        about_id=shelf.patient.pk,
        state="available",
    )
    for each, words in ((paper, shelf.word("paperwords")), (letter, shelf.word("letterwords"))):
        version = DocumentVersion.objects.create(
            document=each,
            number=1,
            state="available",
            is_current=True,
            sha256=store.put(words.encode()),
            size=len(words),
            media_type="text/plain",
            original_name=f"{each.title}.txt",
            original_sha256=store.digest(words.encode()),
            text=words,
            added_by_name="Desk",
        )
        indexing.index(each)
        shelf.rows.setdefault("version", version)
    shelf.rows |= {"folder": folder, "document": paper, "letter": letter}


# ---- what may be read by whom


def _colleague(actor: Actor) -> bool:
    return actor.may(Staff.VIEW_DIRECTORY) or actor.may(Staff.DECIDE_TIME_OFF)


def canaries_of(shelf: Shelf) -> list[Canary]:
    place = shelf.location.pk

    def placed(*permissions: str) -> Sees:
        return lambda actor: actor.works_at(place) and any(map(actor.may, permissions))

    def filed(everybody: str) -> Sees:
        return lambda actor: actor.may(everybody)

    def all_tasks(actor: Actor) -> bool:
        return placed(Desk.VIEW_ALL_TASKS)(actor) and actor.may(Desk.USE_TASKS)

    papers = placed(Desk.VIEW_DOCUMENTS)

    def nobody(_actor: Actor) -> bool:
        """A closed folder to which nobody here has the key."""
        return False

    def letters(actor: Actor) -> bool:
        return papers(actor) and actor.may(Patients.VIEW_PATIENT)

    chart, board = placed(Patients.VIEW_PATIENT), placed(Scheduling.VIEW_SCHEDULE)
    either = placed(Patients.VIEW_PATIENT, Scheduling.VIEW_SCHEDULE)
    named = placed(Patients.VIEW_PATIENT, Scheduling.VIEW_SCHEDULE, Patients.FIND_PATIENT)
    written = placed(Messages.VIEW_MESSAGES)
    who = {
        "runnote": placed(Desk.RUN_CHECKLISTS),
        "foldername": papers, "papertitle": papers, "papertag": papers, "paperwords": papers,
        "lettertitle": letters, "letterwords": letters, "closedname": nobody, "closedtitle": nobody,
        "tasktitle": all_tasks, "tasktext": all_tasks, "taskcomment": all_tasks,
        "family": named, "given": named, "mrn": named, "called": named,
        "race": chart, "street": chart, "mother": chart,
        "chartnote": either, "phone": either, "reason": either,
        "sharedvisit": board, "sharedreason": chart, "visitnote": board, "openvisit": board, "cancelreason": board,
        "screen": placed(Access.MANAGE_DEVICES), "verdict": placed(Office.VIEW_RULES),
        "audit": filed(Access.READ_AUDIT),
        "staffphone": filed(Staff.VIEW_ALL_FILES), "staffmail": filed(Staff.VIEW_ALL_FILES),
        "license": filed(Staff.VIEW_ALL_FILES), "licensename": filed(Staff.VIEW_ALL_FILES),
        "sharedmessage": written, "toaddress": written, "messagetext": written,
        "broadcast": placed(Messages.BROADCAST), "answerwords": board,
        "position": _colleague, "leavenote": filed(Staff.DECIDE_TIME_OFF),
    }  # fmt: skip
    return [
        Canary(
            f"zq{what}{shelf.side}",
            sees,
            found=what in {"family", "given", "mrn", "called"},
            but=("patients:mini", "patients:elsewhere") if what == "called" else (),
        )
        for what, sees in who.items()
    ]
