"""The directory over the API: to be read."""

from typing import Any

from rest_framework import mixins

from desk.api import serializers
from desk.models import Party
from desk.permissions import Permission
from kernel.api import HouseViewSet


class PartyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, HouseViewSet):
    """Those outside whom the office calls."""

    serializer_class = serializers.PartyOut
    orderings = HouseViewSet.orderings | {"name": ("name", "id"), "-name": ("-name", "-id")}
    permissions = {"list": Permission.VIEW_PARTIES, "retrieve": Permission.VIEW_PARTIES}

    def get_queryset(self) -> Any:
        return Party.objects.visible_to(self.actor).prefetch_related("locations")
