from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite

from office.permissions import Permission


class PanelSite(UnfoldAdminSite):
    """The admin panel: configuration only; who may enter is a permission, not `is_staff`."""

    site_header = site_title = "Admin panel"
    index_title = "Set-up"

    def has_permission(self, request: HttpRequest) -> bool:
        return request.actor.may(Permission.OPEN_ADMIN_PANEL)  # type: ignore[attr-defined]
