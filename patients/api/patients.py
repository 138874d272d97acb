"""Patients: found by what is typed, opened where one works, changed by the same acts as the pages."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kernel import clock, parse
from kernel.api import HouseViewSet, once, pick
from kernel.policy import saw
from office import queries as office_queries
from office.models import Location
from patients.actions import registration
from patients.actions.contacts import ContactGiven
from patients.api import serializers
from patients.models import Encounter, Patient
from patients.permissions import Permission
from patients.queries.typeahead import typeahead


class PatientViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, HouseViewSet):
    """People the practice cares for (FHIR Patient)."""

    serializer_class = serializers.PatientOut
    subject = "patients.patient"
    permissions = {
        "list": Permission.VIEW_PATIENT,
        "retrieve": Permission.VIEW_PATIENT,
        "create": Permission.REGISTER_PATIENT,
        "change": Permission.REGISTER_PATIENT,
        "search": Permission.FIND_PATIENT,
    }

    def get_queryset(self) -> Any:
        return Patient.objects.visible_to(self.actor).prefetch_related("contact_points")

    @extend_schema(request=serializers.RegistrationIn, responses={201: serializers.PatientOut})
    def create(self, request: Request) -> Response:
        asked = self.read(serializers.RegistrationIn)

        def answer() -> Response:
            given = dict(asked)  # a deadlock asks for it once more
            here = Location.objects.visible_to(self.actor)
            location = pick(here, given.pop("location"), "location", "location")
            contacts = [ContactGiven(**each) for each in given.pop("contacts")]
            patient = registration.register_patient(
                location=location, contacts=contacts, at=timezone.now(), by=self.actor, **given
            )
            return Response(serializers.PatientOut(patient).data, status=201)

        return once(request, answer)

    @extend_schema(request=serializers.ChangeIn, responses=serializers.PatientOut)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: UUID) -> Response:
        asked, patient = self.read(serializers.ChangeIn), self.get_object()

        def answer() -> Response:
            registration.change_patient(patient=patient, at=timezone.now(), by=self.actor, **asked)
            return Response(serializers.PatientOut(self.get_object()).data)

        return once(request, answer)

    @extend_schema(request=serializers.SearchIn, responses=serializers.FoundList)
    @action(detail=False, methods=["post"])
    def search(self, request: Request) -> Response:
        """The finder: what is typed travels in the body, never in an address that is logged."""
        asked = self.read(serializers.SearchIn)
        today = clock.today(timezone.now(), office_queries.practice_zone())
        place = asked["location"] and pick(
            Location.objects.visible_to(self.actor), asked["location"], "location", "location"
        )
        found = typeahead(asked["q"], actor=self.actor, location=place or None, today=today)
        saw(request._request, self.subject, [each.id for each in found])
        return Response({"found": [_line(each) for each in found]})


def _line(found: Any) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.label,
        "birth_date": found.born,
        "medical_record_number": found.chart,
        "sex": found.sex,
        "phone": found.phone,
    }


class EncounterViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, HouseViewSet):
    """What happened in the office (FHIR Encounter); begun and ended by the appointment's verbs."""

    serializer_class = serializers.EncounterOut
    subject, subject_at = "patients.patient", "patient"
    permissions = {"list": Permission.VIEW_PATIENT, "retrieve": Permission.VIEW_PATIENT}

    def get_queryset(self) -> Any:
        rows = Encounter.objects.visible_to(self.actor)
        if self.action == "list" and "patient" in self.request.query_params:
            rows = rows.filter(patient=parse.key(self.request.query_params["patient"], "patient"))
        return rows

    @extend_schema(parameters=[OpenApiParameter("patient", UUID)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)
