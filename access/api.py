"""How the API knows who asks: the same middleware, plus CSRF for browser sessions."""

from typing import Any

from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from kernel import policy


class ActorAuthentication(SessionAuthentication):
    """The actor is already known; a session needs the CSRF token on unsafe methods, a bearer token does not."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        inner = request._request
        if not inner.actor.is_known:
            return None
        if inner.token is None:
            self.enforce_csrf(request)
        return (inner.user, inner.token)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class PolicyAllows(BasePermission):
    """Closed unless the view declares for this very action a permission that the actor has."""

    def has_permission(self, request: Request, view: Any) -> bool:
        actor = request._request.actor
        wanted = policy.permission_of_api(
            view, getattr(view, "action", None) or request.method.lower()
        )
        return actor.is_known and wanted is not None and (wanted == "" or actor.may(wanted))
