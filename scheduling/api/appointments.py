"""Appointments: read by day or person, changed by the same actions as the pages."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kernel import clock, cursor, parse
from kernel.api import HouseViewSet, once, pick
from kernel.refusals import Invalid, OutOfScope
from office import queries as office_queries
from office.models import Location, Room
from patients.models import Patient
from scheduling.actions import booking, cancelling, flow, moving
from scheduling.api import serializers
from scheduling.models import Appointment, AppointmentStatus
from scheduling.permissions import Permission
from scheduling.queries import catalog
from scheduling.queries.days import as_data
from staff.models import Practitioner

ORDERINGS = HouseViewSet.orderings | {
    "start": ("starts_at", "id"),
    "-start": ("-starts_at", "-id"),
}
LIMIT = {"type": "integer", "minimum": 1, "maximum": parse.LARGEST}
QUERY = [
    OpenApiParameter("location", UUID),
    OpenApiParameter("practitioner", UUID),
    OpenApiParameter("patient", UUID),
    OpenApiParameter("date", str, description="a day at the location (or in the practice's zone)"),
    OpenApiParameter("status", str, enum=AppointmentStatus.values),
    OpenApiParameter("ordering", str, enum=list(ORDERINGS)),
    OpenApiParameter("fields", str, description="comma-separated"),
    OpenApiParameter("limit", LIMIT, description=cursor.SIZE),
    OpenApiParameter("after", UUID, description="the last id of the page before"),
]


class AppointmentViewSet(HouseViewSet):
    """Visits that were agreed on (FHIR Appointment)."""

    serializer_class = serializers.AppointmentOut
    pagination_class = None  # a page begins after a row: see `_after`
    subject, subject_at = "patients.patient", "patient"
    orderings = ORDERINGS
    permissions = {
        "list": Permission.VIEW_SCHEDULE,
        "retrieve": Permission.VIEW_SCHEDULE,
        "create": Permission.BOOK_APPOINTMENT,
        "move": Permission.BOOK_APPOINTMENT,
        "cancel": Permission.BOOK_APPOINTMENT,
        "no_show": Permission.BOOK_APPOINTMENT,
        "reinstate": Permission.BOOK_APPOINTMENT,
        "arrive": Permission.MOVE_PATIENT_FLOW,
        "advance": Permission.MOVE_PATIENT_FLOW,
        "step_back": Permission.MOVE_PATIENT_FLOW,
        "walk_in": Permission.BOOK_APPOINTMENT,  # it books, then marks arrived
    }

    def get_queryset(self) -> Any:
        # What the actor may not see does not exist for them: 404, never 403.
        return Appointment.objects.visible_to(self.actor)

    @extend_schema(parameters=QUERY, responses=serializers.AppointmentPage)
    def list(self, request: Request) -> Response:
        asked = request.query_params
        ordering = asked.get("ordering", "start")
        if ordering not in ORDERINGS:
            raise Invalid(f"Order by one of: {', '.join(ORDERINGS)}.", field="ordering")
        limit = cursor.limit(request)
        rows = self._filtered(asked).order_by(*ORDERINGS[ordering])
        found = as_data(_after(rows, asked.get("after"), ordering)[: limit + 1])
        more = len(found) > limit
        found = found[:limit]
        return Response(
            {
                "results": found,
                "next_after": found[-1]["id"] if more else None,
            }
        )

    def _filtered(self, asked: Any) -> Any:
        rows = self.get_queryset()
        for name in ("location", "practitioner", "patient"):
            if name in asked:
                rows = rows.filter(**{f"{name}_id": parse.key(asked[name], name)})
        if "status" in asked:
            rows = rows.filter(status=_status(asked["status"]))
        if "date" in asked:
            place = (
                catalog.locations().get(parse.key(asked["location"], "location"))
                if "location" in asked
                else None
            )
            zone = place.zone if place else office_queries.practice_zone()
            rows = rows.starting_in(clock.day(parse.day(asked["date"], "date"), zone))
        return rows

    @extend_schema(responses=serializers.AppointmentOut)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        return Response(self._shown(pk))

    @extend_schema(request=serializers.BookingIn, responses={201: serializers.AppointmentOut})
    def create(self, request: Request) -> Response:
        asked = self.read(serializers.BookingIn)

        def answer() -> Response:
            terms = self._terms(asked)
            room = asked["room"] and pick(
                Room.objects.visible_to(self.actor), asked["room"], "room", "room"
            )
            made = booking.book_appointment(
                **terms,
                start=clock.read_instant(asked["start"], terms["location"].zone),
                room=room or None,
                minutes=asked["minutes"],
                note=asked["note"],
                overbook_reason=asked["overbook_reason"],
                overrides=asked["overrides"],
                by=self.actor,
            )
            return Response(_made(made, terms), status=201)

        return once(request, answer)

    @extend_schema(request=serializers.WalkInIn, responses={201: serializers.AppointmentOut})
    @action(detail=False, methods=["post"], url_path="walk-in")
    def walk_in(self, request: Request) -> Response:
        asked = self.read(serializers.WalkInIn)

        def answer() -> Response:
            terms = self._terms(asked)
            made = flow.walk_in(**terms, note=asked["note"], by=self.actor, at=timezone.now())
            return Response(_made(made, terms), status=201)

        return once(request, answer)

    @extend_schema(request=serializers.MoveIn)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: UUID) -> Response:
        asked = self.read(serializers.MoveIn)

        def change(visit: Appointment) -> None:
            moving.move_appointment(
                appointment=visit,
                start=clock.read_instant(asked["start"], visit.location.zone),
                practitioner=asked["practitioner"] and self._practitioner(asked["practitioner"]),
                minutes=asked["minutes"],
                version=asked["version"],
                overbook_reason=asked["overbook_reason"],
                overrides=asked["overrides"],
                by=self.actor,
            )

        return self._changed(request, pk, change)

    @extend_schema(request=serializers.CancelIn)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: UUID) -> Response:
        asked = self.read(serializers.CancelIn)
        return self._changed(
            request,
            pk,
            lambda visit: cancelling.cancel_appointment(
                appointment=visit, by=self.actor, at=timezone.now(), **asked
            ),
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="no-show")
    def no_show(self, request: Request, pk: UUID) -> Response:
        return self._simple(request, pk, cancelling.mark_no_show)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reinstate(self, request: Request, pk: UUID) -> Response:
        return self._simple(request, pk, cancelling.reinstate_appointment)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def arrive(self, request: Request, pk: UUID) -> Response:
        return self._simple(request, pk, flow.arrive)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="step-back")
    def step_back(self, request: Request, pk: UUID) -> Response:
        return self._simple(request, pk, flow.step_back)

    @extend_schema(request=serializers.AdvanceIn)
    @action(detail=True, methods=["post"])
    def advance(self, request: Request, pk: UUID) -> Response:
        asked = self.read(serializers.AdvanceIn)
        room = asked["room"] and pick(
            Room.objects.visible_to(self.actor), asked["room"], "room", "room"
        )
        return self._changed(
            request,
            pk,
            lambda visit: flow.advance(
                appointment=visit,
                step=asked["step"],
                room=room or None,
                by=self.actor,
                at=timezone.now(),
            ),
        )

    def _simple(self, request: Request, pk: UUID, act: Any) -> Response:
        return self._changed(
            request, pk, lambda visit: act(appointment=visit, by=self.actor, at=timezone.now())
        )

    def _changed(self, request: Request, pk: UUID, change: Any) -> Response:
        visit = self.get_queryset().select_related(
            "location", "appointment_type", "practitioner", "patient"
        )
        visit = visit.filter(pk=pk).first()
        if visit is None:
            raise OutOfScope

        def answer() -> Response:
            change(visit)
            return Response(self._shown(pk))

        return once(request, answer)

    def _shown(self, pk: UUID) -> dict[str, Any]:
        rows = as_data(self.get_queryset().filter(pk=pk))
        if not rows:
            raise OutOfScope
        return rows[0]

    def _terms(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The rows the ids mean, for this actor; configuration comes from memory, the patient from the table."""
        return {
            "location": self._location(asked["location"]),
            "practitioner": asked["practitioner"] and self._practitioner(asked["practitioner"]),
            "appointment_type": _known(
                catalog.types(), asked["appointment_type"], "appointment_type", "visit type"
            ),
            "patient": pick(
                Patient.objects.findable_by(self.actor), asked["patient"], "patient", "patient"
            ),
        }

    def _location(self, key: UUID) -> Location:
        place = _known(catalog.locations(), key, "location", "location")
        if not self.actor.works_at(place):
            raise Invalid("There is no such location.", field="location")
        return place

    def _practitioner(self, key: UUID) -> Practitioner:
        return _known(catalog.practitioners(), key, "practitioner", "clinician")


def _made(made: Appointment, terms: dict[str, Any]) -> dict[str, Any]:
    """The answer to a booking, from what is at hand: the row need not be read again."""
    zone, kind, who = terms["location"].zone, terms["appointment_type"], terms["practitioner"]
    patient = terms["patient"]
    return {
        "id": made.pk,
        "version": made.version,
        "status": made.status,
        "confirmation": made.confirmation,
        "start": clock.local(made.period.lower, zone).isoformat(),
        "end": clock.local(made.period.upper, zone).isoformat(),
        "minutes": clock.minutes_of(made.period),
        "lane": made.lane,
        "location": made.location_id,
        "patient": {
            "id": patient.pk,
            "name": str(patient),
            "birth_date": patient.birth_date,
            "medical_record_number": patient.medical_record_number,
        },
        "practitioner": who and {"id": who.pk, "name": str(who)},
        "appointment_type": {"id": kind.pk, "name": kind.name},
        "room": made.room_id,
        "encounter": made.encounter_id,
        "note": made.note,
        "overbook_reason": made.overbook_reason,
        "is_walk_in": made.is_walk_in,
    }


def _status(text: str) -> str:
    if text not in AppointmentStatus.values:
        raise Invalid(f"A status is one of: {', '.join(AppointmentStatus.values)}.", field="status")
    return text


def _known(rows: dict[UUID, Any], key: UUID, field: str, noun: str) -> Any:
    if key not in rows:
        raise Invalid(f"There is no such {noun}.", field=field)
    return rows[key]


def _after(rows: Any, key: str | None, ordering: str) -> Any:
    """The page that follows a row: keyset, so that rows added meanwhile shift nothing."""
    if key is None:
        return rows
    last = rows.filter(pk=parse.key(key, "after")).values("starts_at", "id").first()
    if last is None:
        raise Invalid("This page has no beginning: start again without `after`.", field="after")
    side = "lt" if ordering.startswith("-") else "gt"
    if ordering.endswith("id"):
        return rows.filter(**{f"id__{side}": last["id"]})
    return rows.filter(
        Q(**{f"starts_at__{side}": last["starts_at"]})
        | Q(starts_at=last["starts_at"], **{f"id__{side}": last["id"]})
    )
