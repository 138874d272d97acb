"""Openings: free times, found by the same query as the pages."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from kernel import clock, parse
from kernel.api import HouseViewSet
from kernel.refusals import Invalid
from scheduling.api import serializers
from scheduling.models import AppointmentType
from scheduling.permissions import Permission
from scheduling.queries import catalog
from scheduling.queries.openings import find_openings

LONGEST = timedelta(days=120)
MOST = 2_000
NUMBER = {"type": "integer", "minimum": 1, "maximum": parse.LARGEST}


class OpeningViewSet(HouseViewSet):
    """Real free time: availability − leave − closures − reservations."""

    serializer_class = serializers.OpeningOut
    pagination_class = None
    queryset = AppointmentType.objects.none()  # free time has no rows; the schema asks for some
    permissions = {"list": Permission.VIEW_SCHEDULE}

    @extend_schema(
        parameters=[
            OpenApiParameter("type", UUID, required=True),
            OpenApiParameter("location", UUID, required=True),
            OpenApiParameter("practitioner", UUID),
            OpenApiParameter("from", str, description="RFC 3339 or wall time; now if absent"),
            OpenApiParameter("to", str, description="four weeks later if absent"),
            OpenApiParameter("minutes", NUMBER),
            OpenApiParameter("limit", NUMBER),
        ],
        responses=serializers.OpeningList,
    )
    def list(self, request: Request) -> Response:
        asked = request.query_params
        kind = catalog.types().get(parse.key(asked.get("type", ""), "type"))
        place = catalog.locations().get(parse.key(asked.get("location", ""), "location"))
        if kind is None:
            raise Invalid("There is no such visit type.", field="type")
        if place is None or not self.actor.works_at(place):
            raise Invalid("There is no such location.", field="location")
        found = find_openings(
            appointment_type=kind,
            location=place,
            span=_span(asked, place.zone),
            practitioners=[parse.key(asked["practitioner"], "practitioner")]
            if "practitioner" in asked
            else None,
            minutes=parse.whole(asked.get("minutes"), "minutes", kind.minutes),
            limit=min(parse.whole(asked.get("limit"), "limit", 10), MOST),
        )
        location_id = str(place.pk)
        return Response(
            {
                "results": [
                    {
                        "start": clock.local(each.starts_at, place.zone).isoformat(),
                        "minutes": each.minutes,
                        "practitioner": str(each.practitioner_id),
                        "location": location_id,
                    }
                    for each in found
                ]
            }
        )


def _span(asked: Any, zone: str) -> DateTimeTZRange:
    now = timezone.now()
    begin = clock.read_instant(asked["from"], zone) if "from" in asked else now
    end = clock.read_instant(asked["to"], zone) if "to" in asked else begin + timedelta(days=28)
    if end <= begin:
        raise Invalid("`to` lies before `from`.", field="to")
    if end - begin > LONGEST:
        raise Invalid(f"Ask for at most {LONGEST.days} days at once.", field="to")
    return DateTimeTZRange(max(begin, now), max(end, now))


class AppointmentTypeViewSet(HouseViewSet):
    """Kinds of visit and what they need."""

    serializer_class = serializers.AppointmentTypeOut
    pagination_class = None
    permissions = {"list": Permission.VIEW_SCHEDULE, "retrieve": Permission.VIEW_SCHEDULE}

    def get_queryset(self) -> Any:
        return AppointmentType.objects.order_by("name")

    @extend_schema(responses=serializers.AppointmentTypeList)
    def list(self, request: Request) -> Response:
        return Response({"results": self.get_serializer(self.get_queryset(), many=True).data})

    def retrieve(self, request: Request, pk: UUID) -> Response:
        return Response(self.get_serializer(self.get_object()).data)
