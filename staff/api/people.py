"""People over the API: the same acts and the same relationships as the pages."""

from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api import HouseViewSet, once, pick
from kernel.refusals import Invalid
from staff.actions import credentials, time_off
from staff.api import serializers
from staff.models import Credential, Employee, EmployeeTime, Practitioner
from staff.permissions import Permission


class Readable(mixins.ListModelMixin, mixins.RetrieveModelMixin, HouseViewSet):
    """A noun that is listed and opened; its verbs answer with the row as it is then."""

    def _changed(self, request: Request, change: Any, **values: Any) -> Response:
        row = self.get_object()

        def answer() -> Response:
            change(row, **values)
            return Response(self.get_serializer(self.get_object()).data)

        return once(request, answer)


BY_NAME = HouseViewSet.orderings | {
    "family_name": ("family_name", "id"),
    "-family_name": ("-family_name", "-id"),
}


class PractitionerViewSet(Readable):
    """Who sees patients at the locations where the actor works, and whom records mention."""

    serializer_class = serializers.PractitionerOut
    orderings = BY_NAME
    permissions = {"list": Permission.VIEW_DIRECTORY, "retrieve": Permission.VIEW_DIRECTORY}

    def get_queryset(self) -> Any:
        return Practitioner.objects.visible_to(self.actor).prefetch_related("locations")


class EmployeeViewSet(Readable):
    """Personnel files: one's own, one's reports', HR's."""

    serializer_class = serializers.EmployeeOut
    orderings = BY_NAME
    subject = "staff.employee"
    permissions = {"list": Permission.VIEW_FILE, "retrieve": Permission.VIEW_FILE}

    def get_queryset(self) -> Any:
        return Employee.objects.visible_to(self.actor).prefetch_related("locations")


class CredentialViewSet(Readable):
    """Licences, registrations, certificates."""

    serializer_class = serializers.CredentialOut
    subject, subject_at = "staff.employee", "employee"
    permissions = {
        "list": Permission.VIEW_FILE,
        "retrieve": Permission.VIEW_FILE,
        "create": Permission.KEEP_CREDENTIALS,
        "renew": Permission.KEEP_CREDENTIALS,
        "void": Permission.KEEP_CREDENTIALS,
    }

    def get_queryset(self) -> Any:
        return Credential.objects.visible_to(self.actor)

    @extend_schema(request=serializers.CredentialIn, responses={201: serializers.CredentialOut})
    def create(self, request: Request) -> Response:
        asked = self.read(serializers.CredentialIn)

        def answer() -> Response:
            files = Employee.objects.visible_to(self.actor)
            employee = pick(files, asked.pop("employee"), "employee", "employee")
            made = credentials.add_credential(employee=employee, by=self.actor, **asked)
            return Response(serializers.CredentialOut(made).data, status=201)

        return once(request, answer)

    @extend_schema(request=serializers.RenewIn)
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: UUID) -> Response:
        return self._changed(request, self._renew, **self.read(serializers.RenewIn))

    @extend_schema(request=serializers.ReasonIn)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: UUID) -> Response:
        return self._changed(request, self._void, **self.read(serializers.ReasonIn))

    def _renew(self, row: Credential, **values: Any) -> None:
        credentials.renew_credential(credential=row, by=self.actor, **values)

    def _void(self, row: Credential, reason: str) -> None:
        credentials.void_credential(credential=row, reason=reason, by=self.actor, at=timezone.now())


class EmployeeTimeViewSet(Readable):
    """Leave and shifts: one's own, one's reports', everybody's for who decides."""

    serializer_class = serializers.TimeOut
    subject, subject_at = "staff.employee", "employee"
    permissions = {
        "list": Permission.REQUEST_TIME_OFF,
        "retrieve": Permission.REQUEST_TIME_OFF,
        "create": Permission.REQUEST_TIME_OFF,
        "approve": Permission.DECIDE_TIME_OFF,
        "decline": Permission.DECIDE_TIME_OFF,
        "cancel": Permission.REQUEST_TIME_OFF,
    }

    def get_queryset(self) -> Any:
        return EmployeeTime.objects.visible_to(self.actor).select_related("employee")

    @extend_schema(request=serializers.TimeIn, responses={201: serializers.TimeOut})
    def create(self, request: Request) -> Response:
        """One's own request; leave for somebody else is entered, and so approved, by who decides."""
        asked = self.read(serializers.TimeIn)

        def answer() -> Response:
            if asked["end"] <= asked["start"]:
                raise Invalid("The end lies before the start.", field="end")
            people = Employee.objects.listed_for(self.actor)
            terms = {
                "employee": (employee := pick(people, asked["employee"], "employee", "employee")),
                "leave_type": asked["leave_type"],
                "period": DateTimeTZRange(asked["start"], asked["end"]),
                "note": asked["note"],
                "by": self.actor,
            }
            own = employee.user_id == self.actor.id
            made = (
                time_off.request_time_off(**terms)
                if own
                else time_off.enter_time_off(**terms, at=timezone.now())
            )
            return Response(serializers.TimeOut(made).data, status=201)

        return once(request, answer)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: UUID) -> Response:
        return self._changed(
            request,
            lambda row: time_off.approve_time_off(time=row, by=self.actor, at=timezone.now()),
        )

    @extend_schema(request=serializers.ReasonIn)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: UUID) -> Response:
        reason = self.read(serializers.ReasonIn)["reason"]
        return self._changed(
            request,
            lambda row: time_off.decline_time_off(
                time=row, reason=reason, by=self.actor, at=timezone.now()
            ),
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: UUID) -> Response:
        return self._changed(
            request,
            lambda row: time_off.cancel_time_off(time=row, by=self.actor, at=timezone.now()),
        )
