"""The admin panel: configuration only, signed in through the house's own door."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.sites import UnfoldAdminSite

from office.permissions import Permission


class PanelSite(UnfoldAdminSite):
    """Who may enter is a permission, not `is_staff`; pages are ours, whatever packages register."""

    site_header = site_title = "Admin panel"
    index_title = "Set-up"
    index_template = "admin/panel_index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return request.actor.may(Permission.OPEN_ADMIN_PANEL)  # type: ignore[attr-defined]

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """A package's page would write past acts and audit: only pages of the house are let in."""
        if getattr(admin_class, "is_of_the_house", False):
            super().register(model_or_iterable, admin_class, **options)

    # The house has one door; these pages of Django's would be a second one.
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("account_login")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("mfa_index")
