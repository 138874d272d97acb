"""Who somebody is: what the profile shows, in as many statements as it has parts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from kernel import clock
from kernel.actors import Actor
from kernel.templatetags.house import clock as wall_clock
from office import queries as office
from patients import words
from patients.models import ContactPoint, Encounter, Patient, PatientAddress, RelatedPerson
from patients.models.encounter import EncounterStatus
from patients.timeline import Moment

STATES = {
    EncounterStatus.PLANNED: "scheduled",
    EncounterStatus.ARRIVED: "arrived",
    EncounterStatus.TRIAGED: "inroom",
    EncounterStatus.IN_PROGRESS: "inroom",
    EncounterStatus.FINISHED: "completed",
    EncounterStatus.CANCELLED: "cancelled",
    EncounterStatus.ENTERED_IN_ERROR: "cancelled",
}
ICONS = {
    "scheduled": "circle",
    "arrived": "door-enter",
    "inroom": "bed",
    "completed": "circle-check-filled",
    "cancelled": "x",
}


@dataclass(frozen=True)
class Banner:
    """Who this is: the words of components/patient_banner.html and patient_mini.html."""

    family: str
    given: str
    preferred: str
    born: date | None
    sex: str
    chart: str
    phone: str = ""
    clinician: str = ""


@dataclass(frozen=True)
class Alert:
    """A chip under the banner."""

    icon: str
    word: str
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Relative:
    """Somebody of the family, from this patient's side."""

    id: UUID
    name: str
    relationship: str
    detail: str
    is_emergency_contact: bool
    patient_id: UUID | None  # of a profile the actor may open
    is_own: bool  # entered here; otherwise it is entered at the other patient


@dataclass(frozen=True)
class Reach:
    """How to reach a patient: contact points, where they live, where they lived."""

    contacts: list[ContactPoint]
    current: list[PatientAddress]
    earlier: list[PatientAddress]


def banner(patient: Patient, phone: str = "") -> Banner:
    given = " ".join(
        part for part in (patient.given_name, patient.middle_name, patient.suffix) if part
    )
    return Banner(
        family=patient.family_name or given,
        given=given if patient.family_name else "",
        preferred=patient.preferred_name,
        born=patient.birth_date,
        sex="" if patient.gender == "unknown" else patient.get_gender_display(),
        chart=patient.medical_record_number,
        phone=phone,
    )


def outside(patient: Patient) -> Banner:
    """What the finder may tell of a patient of other locations."""
    return replace(banner(patient), preferred="", sex="")


def alerts(patient: Patient) -> list[Alert]:
    """What everybody must know who deals with the patient; safety first."""
    found = []
    if patient.deceased_at:
        day = clock.local(patient.deceased_at, office.practice_zone())
        found.append(Alert("alert-octagon", "Died", f"{day.day} {day:%b %Y}", "act"))
    if not patient.is_active:
        found.append(Alert("user-off", "Not a patient", "of the practice any more", "look"))
    if patient.needs_interpreter:
        language = words.language(patient.language) if patient.language else "language not known"
        found.append(Alert("language", "Interpreter", language, "look"))
    if patient.note:
        found.append(Alert("note", "", patient.note))
    return found


def reach(patient: Patient, today: date) -> Reach:
    contacts = patient.contact_points.order_by("rank", "id")
    addresses = list(patient.addresses.order_by("-start_date", "-id"))
    current = [each for each in addresses if each.end_date is None or each.end_date > today]
    return Reach(
        sorted(contacts, key=lambda each: each.system != "phone"),
        current,
        [each for each in addresses if each not in current],
    )


def family(patient: Patient, actor: Actor) -> list[Relative]:
    """Whom the desk entered for this patient, and for whom this patient was entered."""
    rows = (
        RelatedPerson.objects.filter(Q(patient=patient) | Q(other_patient=patient), is_active=True)
        .select_related("patient", "other_patient")
        .order_by("-is_emergency_contact", "relationship", "id")
    )
    people = list(rows)
    others = {other for each in people if (other := _other(each, patient))}
    open_to_me = set(
        Patient.objects.visible_to(actor).filter(pk__in=others).values_list("pk", flat=True)
    )
    return [_relative(each, patient, open_to_me) for each in people]


def visits(patient: Patient, actor: Actor) -> QuerySet[Encounter]:
    """What happened, newest first."""
    return (
        Encounter.objects.visible_to(actor)
        .filter(patient=patient)
        .select_related("practitioner", "location", "room", "service_provider")
        .order_by("-period__startswith", "-id")
    )


def moments(encounters: Iterable[Encounter]) -> list[Moment]:
    return [_moment(each) for each in encounters]


def facts(patient: Patient) -> list[tuple[str, str]]:
    """Everything registration knows of the person, as label and words."""
    died = patient.deceased_at
    rows = [
        ("Wants to be called", patient.preferred_name),
        ("Sex", patient.get_gender_display()),
        ("Sex at birth", words.birth_sex(patient.birth_sex)),
        ("Race", patient.race),
        ("Ethnicity", patient.ethnicity),
        ("Language", words.language(patient.language)),
        ("Interpreter", "Needed" if patient.needs_interpreter else "Not needed"),
        ("Marital status", words.marital(patient.marital_status)),
        ("Died", f"{died.day} {died:%b %Y}" if died else ""),
        ("Note for the desk", patient.note),
        ("Registered at", ", ".join(each.name for each in patient.locations.order_by("name"))),
        ("Numbers elsewhere", ", ".join(_numbers(patient))),
    ]
    return [(label, word) for label, word in rows if word]


def _numbers(patient: Patient) -> list[str]:
    """Chart numbers of other systems; social security and license numbers are nobody's reading."""
    return list(
        patient.identifiers.filter(kind="MR").order_by("id").values_list("value", flat=True)
    )


def _other(person: RelatedPerson, patient: Patient) -> UUID | None:
    return person.other_patient_id if person.patient_id == patient.pk else person.patient_id


def _relative(person: RelatedPerson, patient: Patient, open_to_me: set[UUID]) -> Relative:
    own = person.patient_id == patient.pk
    other = person.other_patient if own else person.patient
    name = f"{other.given_name} {other.family_name}".strip() if other else str(person)
    ways = [person.phone, person.email] if own else []
    return Relative(
        id=person.pk,
        name=name,
        relationship=person.relationship
        if own
        else f"{patient.given_name} is {person.relationship}",
        detail=" · ".join(way for way in ways if way),
        is_emergency_contact=own and person.is_emergency_contact,
        patient_id=other.pk if other and other.pk in open_to_me else None,
        is_own=own,
    )


def _moment(encounter: Encounter) -> Moment:
    zone = encounter.location.zone if encounter.location else office.practice_zone()
    start = clock.local(encounter.period.lower, zone)
    state = STATES.get(EncounterStatus(encounter.status), "")
    return Moment(
        at=start,
        date=f"{start.day} {start:%b}",
        icon=ICONS.get(state, "circle"),
        state=state,
        title=_title(encounter),
        text=_text(encounter, zone),
    )


def _title(encounter: Encounter) -> str:
    title = encounter.kind or "Visit"
    if who := encounter.practitioner:
        title += f" with {who.family_name}, {who.qualification or who.given_name}".rstrip(", ")
    if encounter.status in {EncounterStatus.CANCELLED, EncounterStatus.ENTERED_IN_ERROR}:
        title += f", {encounter.get_status_display().lower()}"
    return title


def _text(encounter: Encounter, zone: str) -> str:
    steps = (
        ("In", encounter.arrived_at),
        ("room", encounter.roomed_at),
        ("seen", encounter.seen_at),
        ("out", encounter.left_at if encounter.arrived_at else None),
    )
    way = ", ".join(f"{word} {wall_clock(clock.local(at, zone))}" for word, at in steps if at)
    where = encounter.service_provider or encounter.location
    parts = [way, encounter.reason, str(where) if where else ""]
    return " · ".join(part for part in parts if part)
