"""What happens to rights when something happens below."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from guardian.shortcuts import assign_perm

from access import grants
from access.models import User
from kernel import consequences
from kernel.actors import Actor
from kernel.consequences import Effect
from office.models import Location
from office.permissions import Permission


class ConfigurersWorkThere:
    """Whoever configures the office works at a new location too, or nobody could."""

    def locks(self, **facts: Any) -> Iterable[tuple[str, UUID]]:
        return ()

    def preview(self, **facts: Any) -> Iterable[Effect]:
        return ()

    def apply(self, *, by: Actor, **facts: Any) -> None:
        location: Location = facts["location"]
        room, codename = Permission.CONFIGURE_OFFICE.split(".")
        may = Q(
            groups__permissions__content_type__app_label=room,
            groups__permissions__codename=codename,
        )
        for user in User.objects.filter(may, is_active=True).distinct():
            assign_perm("office.work_at", user, location)
        grants.forget()


consequences.follow("office.location_added", "access", ConfigurersWorkThere())
