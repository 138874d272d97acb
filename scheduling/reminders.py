"""
What the schedule writes to patients: that a visit is booked, a reminder, and that the office is closed.

Due messages follow from rules × visits, asked again at every tick: an edited rule or a moved visit leaves
nothing behind to cancel. The visit's start is part of the occasion, so a moved visit is another one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from communications import audiences, kinds, links, planning, wording
from communications.audiences import Wanted
from communications.kinds import Said, Stale, Words
from communications.models import Broadcast, Message
from kernel import clock, undo
from office import queries as office
from scheduling import spoken
from scheduling.models import Appointment, AppointmentStatus

BOOKED, REMINDER, BROADCAST = "appointment.booked", "appointment.reminder", "appointment.broadcast"
PATIENT = "patients.patient"
SOON = "15 minutes"  # planned so long before it is due
LATE = "1 day"  # what should have gone out longer ago is not sent any more

OCCASION = "visit.id::text || '@' || extract(epoch FROM visit.starts_at)::bigint"
ROW = f"""
  visit.patient_id AS subject_id, visit.id AS about_id, {OCCASION} AS occasion, rule.id::text AS rule,
  rule.channel AS channel, visit.location_id AS location_id, NULL::uuid AS broadcast_id
"""
FOR_TYPE = """
  (NOT EXISTS (SELECT 1 FROM scheduling_reminderrule_appointment_types chosen WHERE chosen.reminderrule_id = rule.id)
   OR EXISTS (SELECT 1 FROM scheduling_reminderrule_appointment_types chosen
              WHERE chosen.reminderrule_id = rule.id AND chosen.appointmenttype_id = visit.appointment_type_id))
"""
# A visit that was moved or booked into the time after the moment has been written about on that occasion.
BEFORE_IT_BEGINS = f"""
SELECT {ROW}, greatest(now(), visit.starts_at - lead.time) AS due_at, visit.starts_at AS expires_at
FROM scheduling_reminderrule rule
CROSS JOIN LATERAL (SELECT rule.lead_minutes * interval '1 minute' AS time) lead
JOIN office_location place ON NOT place.is_external AND place.is_active
JOIN scheduling_appointment visit ON visit.location_id = place.id AND visit.status = 'booked'
  AND visit.starts_at > greatest(now(), now() + lead.time - interval '{LATE}')
  AND visit.starts_at <= now() + lead.time + interval '{SOON}'
  AND visit.created_at < visit.starts_at - lead.time
WHERE rule.is_active AND rule.moment = 'before' AND {FOR_TYPE}
  AND (visit.starts_at - lead.time > now() - interval '30 minutes' OR NOT EXISTS (
    SELECT 1 FROM communications_message other WHERE other.about_id = visit.id
    AND other.occasion = {OCCASION} AND other.state <> 'dropped'))
"""  # noqa: S608  of our own words
WHEN_BOOKED = f"""
SELECT {ROW}, now() + %s AS due_at, visit.starts_at AS expires_at
FROM scheduling_reminderrule rule
JOIN scheduling_appointment visit ON visit.id = %s AND visit.status = 'booked' AND visit.starts_at > now()
JOIN office_location place ON place.id = visit.location_id AND NOT place.is_external AND place.is_active
WHERE rule.is_active AND rule.moment = 'booked' AND NOT visit.is_walk_in AND {FOR_TYPE}
"""  # noqa: S608
# One message a patient, however many visits they have in the range; at the pace that was set.
EVERYBODY_BOOKED = """
SELECT subject_id, about_id, %s AS occasion, '' AS rule, %s AS channel, location_id, %s::uuid AS broadcast_id,
  now() + (row_number() OVER (ORDER BY begins, subject_id) - 1) * interval '1 minute' / %s AS due_at,
  last_ends AS expires_at
FROM (
  SELECT visit.patient_id AS subject_id, (array_agg(visit.id ORDER BY visit.starts_at))[1] AS about_id,
    visit.location_id, min(visit.starts_at) AS begins, max(visit.ends_at) AS last_ends
  FROM scheduling_appointment visit
  WHERE visit.location_id = %s AND visit.status = 'booked' AND visit.starts_at >= %s AND visit.starts_at < %s
  GROUP BY visit.patient_id, visit.location_id
) booked
"""


def plan() -> int:
    """Every reminder that is due by now or soon; each once. One statement, however many visits there are."""
    return planning.plan(BEFORE_IT_BEGINS, [], kind=REMINDER, subject_kind=PATIENT)


def plan_booked(appointment_id: UUID) -> int:
    """What is said when a visit is booked, moved or put back; it waits until that can no longer be undone."""
    return planning.plan(
        WHEN_BOOKED,
        [undo.GRACE, appointment_id],
        kind=BOOKED,
        subject_kind=PATIENT,
        is_urgent=False,
    )


FIELDS = {
    "first_name": "Maria",
    "appt_day": "Tuesday, November 24",
    "appt_time": "9:20 AM",
    "practitioner": "Dr. Patel",
    "location_name": "Main Street",
    "location_phone": "(555) 010-0199",
    "location_address": "12 Main Street",
    "practice_name": "Riverside Family Practice",
    "answer_link": "https://office.example/a/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AB/",
}


@dataclass
class VisitMessage:
    """A message about one visit, true as long as it stands booked at the time that the occasion names."""

    name: str
    label: str
    shipped: Mapping[tuple[str, str], Words]
    fields: Mapping[str, str]
    is_urgent: bool = False

    def told(self, messages: Sequence[Message]) -> Mapping[UUID, Said | Stale]:
        ids = {message.about_id for message in messages if message.about_id}
        rows = Appointment.objects.filter(pk__in=ids).select_related(
            "patient", "practitioner", "location"
        )
        visits = {row.pk: row for row in rows}
        practice = office.practice()
        name = practice.name if practice else ""
        return {
            message.pk: self._one(message, visits.get(message.about_id or message.pk), name)
            for message in messages
        }

    def _one(self, message: Message, visit: Appointment | None, practice: str) -> Said | Stale:
        if visit is None:
            return Stale("The visit is gone.")
        if visit.status != AppointmentStatus.BOOKED:
            return Stale(f"The visit is {visit.get_status_display().lower()}.")
        if message.occasion != occasion(visit):
            return Stale("The visit was moved.")
        return Said(said_of(visit, message, practice))

    def together(self, said: Sequence[Mapping[str, str]]) -> Mapping[str, str] | None:
        """A family on one day: the names together, and each time with its name."""
        names = [each["first_name"] for each in said]
        times = [f"{each['appt_time']} ({each['first_name']})" for each in said]
        language = said[0].get("language", "en")
        return {
            **said[0],
            "first_name": spoken.joined(list(dict.fromkeys(names)), language),
            "appt_time": spoken.joined(times, language),
            "practitioner": spoken.joined(
                list(dict.fromkeys(each["practitioner"] for each in said)), language
            ),
        }


class ClosedMessage(VisitMessage):
    """What somebody writes to everybody who is booked: the words are theirs."""

    def _one(self, message: Message, visit: Appointment | None, practice: str) -> Said | Stale:
        if visit is None or message.broadcast is None:
            return Stale("The visit is gone.")
        if visit.status != AppointmentStatus.BOOKED:
            return Stale(f"The visit is {visit.get_status_display().lower()}.")
        fields = said_of(visit, message, practice)
        broadcast = message.broadcast
        said = {"text": wording.fill(broadcast.text, fields), "subject": broadcast.subject_line}
        return Said({**fields, **said})

    def together(self, said: Sequence[Mapping[str, str]]) -> Mapping[str, str] | None:
        return said[0] if len({each["text"] for each in said}) == 1 else None


def occasion(visit: Appointment) -> str:
    """The visit as it stands: the same words as OCCASION above."""
    return f"{visit.pk}@{int(visit.starts_at.timestamp())}"


def said_of(visit: Appointment, message: Message, practice: str) -> dict[str, str]:
    patient, place = visit.patient, visit.location
    language = (patient.language or "en").partition("-")[0]
    begins = clock.local(visit.starts_at, place.zone)
    return {
        "first_name": patient.preferred_name or patient.given_name or patient.family_name,
        "appt_day": spoken.day(begins, language),
        "appt_time": spoken.clock(begins),
        "practitioner": visit.practitioner.spoken if visit.practitioner else "",
        "location_name": place.name,
        "location_phone": place.phone,
        "location_address": place.address,
        "practice_name": practice,
        "answer_link": links.address(message.pk),
        "language": language,
    }


BOOKED_WORDS = {
    ("sms", "en"): Words(
        "{first_name}, your visit at {location_name} is on {appt_day} at {appt_time} with {practitioner}. "
        "Questions: {location_phone}."
    ),
    ("sms", "es"): Words(
        "{first_name}, su cita en {location_name} es el {appt_day} a las {appt_time} con {practitioner}. "
        "Preguntas: {location_phone}."
    ),
    ("email", "en"): Words(
        "Hello {first_name},\n\nyour visit is booked: {appt_day} at {appt_time} with {practitioner}, at "
        "{location_name}, {location_address}.\n\nIf the time does not suit you, call {location_phone} or tell us "
        "here: {answer_link}\n\n{practice_name}",
        "Your visit on {appt_day}",
    ),
    ("email", "es"): Words(
        "Hola {first_name}:\n\nSu cita es el {appt_day} a las {appt_time} con {practitioner}, en {location_name}, "
        "{location_address}.\n\nSi la hora no le conviene, llame al {location_phone} o díganoslo aquí: "
        "{answer_link}\n\n{practice_name}",
        "Su cita del {appt_day}",
    ),
}
REMINDER_WORDS = {
    ("sms", "en"): Words(
        "{first_name}, we see you {appt_day} at {appt_time} at {location_name}. Will you come? {answer_link} "
        "{location_phone}"
    ),
    ("sms", "es"): Words(
        "{first_name}, le esperamos el {appt_day} a las {appt_time} en {location_name}. ¿Vendrá? {answer_link} "
        "{location_phone}"
    ),
    ("email", "en"): Words(
        "Hello {first_name},\n\nwe see you on {appt_day} at {appt_time} with {practitioner}, at {location_name}, "
        "{location_address}.\n\nPlease tell us whether you will come: {answer_link}\n\nQuestions: "
        "{location_phone}\n\n{practice_name}",
        "Your visit on {appt_day}: will you come?",
    ),
    ("email", "es"): Words(
        "Hola {first_name}:\n\nLe esperamos el {appt_day} a las {appt_time} con {practitioner}, en "
        "{location_name}, {location_address}.\n\nDíganos si vendrá: {answer_link}\n\nPreguntas: "
        "{location_phone}\n\n{practice_name}",
        "Su cita del {appt_day}: ¿vendrá?",
    ),
}
BROADCAST_WORDS = {
    ("sms", "en"): Words("{text}"),
    ("email", "en"): Words(
        "Hello {first_name},\n\n{text}\n\n{practice_name}, {location_phone}", "{subject}"
    ),
}


@dataclass
class EverybodyBooked:
    """All who are booked at a location in a range of time."""

    name: str = "scheduling.booked"
    label: str = "Everybody booked in a range of time"
    kind: str = BROADCAST
    subject_kind: str = PATIENT

    def wanted(self, broadcast: Broadcast) -> Wanted:
        values = (
            f"broadcast:{broadcast.pk}", broadcast.channel, broadcast.pk, broadcast.per_minute,
            broadcast.location_id, broadcast.first_at, broadcast.last_at,
        )  # fmt: skip
        return Wanted(EVERYBODY_BOOKED, values)


def register() -> None:
    kinds.register(VisitMessage(BOOKED, "A visit is booked or moved", BOOKED_WORDS, FIELDS))
    kinds.register(VisitMessage(REMINDER, "Reminder of a visit", REMINDER_WORDS, FIELDS))
    broadcast = {
        **FIELDS,
        "text": "We are closed on Tuesday because of the snow.",
        "subject": "Closed on Tuesday",
    }
    kinds.register(
        ClosedMessage(BROADCAST, "To everybody booked", BROADCAST_WORDS, broadcast, is_urgent=True)
    )
    audiences.register(EverybodyBooked())
