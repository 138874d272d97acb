"""Checklists over the API: to be read; they are ticked where the work is done."""

from typing import Any

from rest_framework import mixins

from desk.api import serializers
from desk.models import ChecklistRun
from desk.permissions import Permission
from kernel.api import HouseViewSet


class ChecklistViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, HouseViewSet):
    """The checklists of days, with what was ticked and measured."""

    serializer_class = serializers.ChecklistOut
    orderings = HouseViewSet.orderings | {"date": ("date", "id"), "-date": ("-date", "-id")}
    permissions = {"list": Permission.RUN_CHECKLISTS, "retrieve": Permission.RUN_CHECKLISTS}

    def get_queryset(self) -> Any:
        runs = ChecklistRun.objects.visible_to(self.actor).select_related("template")
        return runs.prefetch_related("items")
