"""Routes that only these tests have: an API noun, a poll, and a view nobody declared."""

from django.http import HttpResponse
from django.urls import path
from rest_framework.response import Response

from kernel.api import HouseViewSet
from kernel.policy import page
from kernel.refusals import Refusal
from office.permissions import Permission
from office.urls import handler403, handler404, urlpatterns  # noqa: F401


class Things(HouseViewSet):
    permissions = {
        "list": Permission.VIEW_OFFICE,
        "create": Permission.CONFIGURE_OFFICE,
        "refuse": "",
    }

    def list(self, request):
        return Response({"results": [], "who": self.actor.name, "kind": self.actor.kind})

    def create(self, request):
        return Response({"made": True}, status=201)

    def destroy(self, request):
        return Response(status=204)

    def refuse(self, request):
        raise Refusal("The cupboard is locked.")


def undeclared(request):
    return HttpResponse("open to all?")


@page(background=True)
def poll(request):
    return HttpResponse("nothing new")


@page(permission=Permission.LOCK_PERIOD)
def lock(request):
    return HttpResponse("locked")


urlpatterns = [
    *urlpatterns,
    path(
        "api/v1/things/",
        Things.as_view({"get": "list", "post": "create", "put": "refuse", "delete": "destroy"}),
    ),
    path("undeclared/", undeclared),
    path("poll/", poll),
    path("lock/", lock),
]
