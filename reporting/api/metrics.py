"""Metrics: each key figure as a number, with what it is made of."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access import place
from kernel import clock, metrics, parse
from kernel.api import HouseViewSet
from kernel.metrics import Metric, Span
from kernel.refusals import Invalid, OutOfScope
from office import queries as office_queries
from office.models import Location
from reporting.permissions import Permission
from reporting.queries import spans

LONGEST = 731  # days


class MetricOut(serializers.Serializer):
    """A key figure over a span of days; `value` is null where there is not enough data."""

    name = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField()
    formula = serializers.CharField()
    source = serializers.CharField()
    leaves_out = serializers.CharField()
    target = serializers.DecimalField(12, 4, allow_null=True)
    higher_is_better = serializers.BooleanField()
    is_of_now = serializers.BooleanField()
    first_date = serializers.DateField()
    last_date = serializers.DateField()
    value = serializers.DecimalField(18, 4, allow_null=True)
    numerator = serializers.DecimalField(18, 4, allow_null=True)
    denominator = serializers.DecimalField(18, 4, allow_null=True)


@extend_schema_serializer(many=False)
class MetricList(serializers.Serializer):
    results = MetricOut(many=True)


ASKED = [
    OpenApiParameter("from", date, description="the first day; four weeks back if absent"),
    OpenApiParameter("to", date, description="the last day; yesterday if absent"),
    OpenApiParameter("location", UUID, description="one of yours; all of them if absent"),
]
NAME = OpenApiParameter("name", str, OpenApiParameter.PATH)


class MetricViewSet(HouseViewSet):
    """The same definitions as the tiles."""

    serializer_class = MetricOut
    pagination_class = None
    permissions = {"list": Permission.VIEW_FIGURES, "retrieve": Permission.VIEW_FIGURES}
    queryset = Location.objects.none()  # figures have no rows; the schema asks for some
    lookup_field = "name"
    lookup_value_converter = "slug"

    @extend_schema(parameters=ASKED, responses=MetricList)
    def list(self, request: Request) -> Response:
        span, places = self._span(), self._places()
        found = [self._measured(each, span, places) for each in metrics.all_for(self.actor)]
        return Response({"results": MetricOut(found, many=True).data})

    @extend_schema(parameters=[*ASKED, NAME])
    def retrieve(self, request: Request, name: str) -> Response:
        metric = metrics.find(name, self.actor)
        if metric is None:
            raise Http404
        return Response(MetricOut(self._measured(metric, self._span(), self._places())).data)

    def _measured(self, metric: Metric, span: Span, places: Any) -> dict[str, Any]:
        (reading,) = metric.measure(self.actor, [span], places)
        return {
            **{name: getattr(metric, name) for name in DEFINED},
            "first_date": span.first,
            "last_date": span.last,
            **{name: _fine(getattr(reading, name)) for name in NUMBERS},
        }

    def _span(self) -> Span:
        asked = self.request.query_params
        usual = spans.last_weeks(clock.today(timezone.now(), office_queries.practice_zone()))
        first = parse.day(asked["from"], "from") if "from" in asked else usual.first
        last = parse.day(asked["to"], "to") if "to" in asked else usual.last
        if last < first:
            raise Invalid("`to` lies before `from`.", field="to")
        if (last - first).days > LONGEST:
            raise Invalid(f"Ask for at most {LONGEST} days at once.", field="to")
        return Span(first, last)

    def _places(self) -> Any:
        allowed = [each.pk for each in place.choices(self.actor)]
        if "location" not in self.request.query_params:
            return allowed
        wanted = parse.key(self.request.query_params["location"], "location")
        if wanted not in allowed:
            raise OutOfScope
        return [wanted]


DEFINED = (
    "name", "label", "unit", "formula", "source", "leaves_out", "target", "higher_is_better", "is_of_now",
)  # fmt: skip
NUMBERS = ("value", "numerator", "denominator")


def _fine(number: Any) -> Any:
    return None if number is None else round(number, 4)
