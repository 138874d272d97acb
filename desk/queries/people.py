"""Whom one can give something to: people who work at a place, and the teams of the house."""

from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, QuerySet

from access.models import LocationGrant, User
from desk.permissions import Permission
from office.models import Location

ROOM, CODENAME = Permission.USE_TASKS.split(".")


def who_works_at(location: Location) -> QuerySet[User]:
    """Those who keep tasks there, by name."""
    here = LocationGrant.objects.filter(
        user=OuterRef("pk"), content_object=location, permission__codename="work_at"
    )
    may = Group.objects.filter(
        user=OuterRef("pk"),
        permissions__content_type__app_label=ROOM,
        permissions__codename=CODENAME,
    )
    return User.objects.filter(Exists(here), Exists(may), is_active=True).order_by("name", "pk")


def teams() -> QuerySet[Group]:
    """The roles whose people keep tasks."""
    return (
        Group.objects.filter(
            permissions__content_type__app_label=ROOM, permissions__codename=CODENAME
        )
        .order_by("name")
        .distinct()
    )
