"""The office itself, and its jobs."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kernel import jobs
from kernel.api import HouseViewSet, once
from kernel.models import Job
from office.models import Location, Room
from office.permissions import Permission


class RoomOut(serializers.ModelSerializer):
    class Meta:
        model = Room
        fields = ("id", "name", "kind")


class LocationOut(serializers.ModelSerializer):
    rooms = RoomOut(many=True)

    class Meta:
        model = Location
        fields = ("id", "name", "code", "zone", "address", "phone", "is_active", "rooms")


class LocationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, HouseViewSet):
    """The practice's own sites where the actor works (FHIR Location)."""

    serializer_class = LocationOut
    orderings = HouseViewSet.orderings | {"name": ("name", "id"), "-name": ("-name", "-id")}
    permissions = {"list": Permission.VIEW_OFFICE, "retrieve": Permission.VIEW_OFFICE}

    def get_queryset(self) -> Any:
        return Location.objects.visible_to(self.actor).ours().prefetch_related("rooms")


class JobOut(serializers.ModelSerializer):
    class Meta:
        model = Job
        fields = (
            "id", "kind", "state", "done_count", "total_count", "aside_count", "note", "result", "queued_at",
            "started_at", "finished_at",
        )  # fmt: skip


class JobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, HouseViewSet):
    """One's own jobs."""

    serializer_class = JobOut
    orderings = HouseViewSet.orderings | {
        "queued_at": ("queued_at", "id"),
        "-queued_at": ("-queued_at", "-id"),
    }
    permissions = {"list": "", "retrieve": "", "cancel": ""}

    def get_queryset(self) -> Any:
        return Job.objects.filter(owner_id=self.actor.id)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: UUID) -> Response:
        job = self.get_object()

        def answer() -> Response:
            jobs.cancel(job.pk, by=self.actor)
            job.refresh_from_db()
            return Response(JobOut(job).data)

        return once(request, answer)
