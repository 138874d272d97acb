"""How the API knows who asks: the same middleware, plus CSRF for browser sessions."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from kernel import audit, policy


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


class ActorScheme(OpenApiAuthenticationExtension):
    """The two ways in, as the schema tells them: the browser's session, or a token."""

    target_class = ActorAuthentication
    name = ["session", "token"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
            {"type": "http", "scheme": "bearer"},
        ]


class PolicyAllows(BasePermission):
    """Closed unless the view declares for this very action a permission that the actor has."""

    def has_permission(self, request: Request, view: Any) -> bool:
        inner = request._request
        actor, method = inner.actor, request.method.lower()
        if not hasattr(view, method):
            return actor.is_known  # DRF answers 405 and says which methods there are
        wanted = policy.permission_of_api(view, getattr(view, "action", None) or method)
        allowed = actor.is_known and wanted is not None and (wanted == "" or actor.may(wanted))
        if wanted and not allowed:
            audit.record_denial(actor, page=inner.resolver_match.view_name, reason=wanted)
        return allowed
