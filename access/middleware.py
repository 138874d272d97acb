"""Who is asking, are they still there, and may they: before any view, closed by default."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import SimpleLazyObject

from access import again, browsers, devices, grants, second_step, sessions, throttle, tokens
from access.models import User
from access.throttle import client_address
from kernel import audit, overload, policy
from kernel.actors import NOBODY
from kernel.http import refusal_response, wants_json
from kernel.refusals import Forbidden, Refusal


class SignedInMiddleware:
    """Sets `request.actor`, `request.standing` and a lazy `request.user`; ends idle and overlong sessions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.standing, request.token = None, None
        header = request.headers.get("Authorization", "")
        if header.startswith("Bearer ") and wants_json(request):
            request.token = tokens.find(header.removeprefix("Bearer ").strip())
            request.actor = request.token.actor if request.token else NOBODY
            request.user = AnonymousUser()
        else:
            request.standing = _standing(request)
            request.actor = request.standing.actor() if request.standing else NOBODY
            request.user = SimpleLazyObject(lambda: _user(request))
        marker = audit.source.set(_source(request))
        try:
            if _guesses(request, header):
                return _wait()
            return self.get_response(request)
        finally:
            audit.source.reset(marker)


def _guesses(request: Any, header: str) -> bool:
    """A token that is none, once too often from here. One that is good has never guessed."""
    if not header.startswith("Bearer ") or not wants_json(request) or request.token:
        return False
    if not throttle.may_guess_token(request):
        return True
    audit.record_denial(NOBODY, page="access.token", reason="unknown token")
    return False


def _wait() -> HttpResponse:
    answer = {"type": "about:blank", "title": "Too many tries", "status": 429, "code": "slowed",
              "detail": "Too many unknown tokens from this address. Wait 15 minutes."}  # fmt: skip
    wait = {"Retry-After": str(int(throttle.WINDOW.total_seconds()))}
    return JsonResponse(answer, status=429, content_type="application/problem+json", headers=wait)


def _standing(request: Any) -> grants.Standing | None:
    found = sessions.standing_of(request.session)
    if found is None and request.session.get(SESSION_KEY):
        logout(request)  # over, or its rights are gone: nothing of it stays
    return found


def _user(request: Any) -> User | AnonymousUser:
    if request.standing is None:
        return AnonymousUser()
    return User.objects.get(pk=request.standing.user_id)


def _source(request: Any) -> str:
    session = getattr(request.session, "session_key", None) or ""
    mark = hashlib.sha256(session.encode()).hexdigest()[:12] if session else "-"
    return f"{client_address(request)} {request.method} {request.path_info[:120]} {mark}"


class PolicyMiddleware:
    """Asks each route's policy; turns refusals that no view caught into the right answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name or ""
        wanted = policy.of(view, name)
        if wanted is None:
            return refusal_response(request, Forbidden("This page has no policy and stays closed."))
        if wanted.public:
            return None
        if wanted.device:
            return devices.let_in(request, wanted)
        if not request.actor.is_known:
            return _sign_in_first(request)
        background = wanted.background or _nobody_asked(request)
        if request.standing and not background:
            sessions.touch(request)
            _renew(request)
        if wanted.permission and not request.actor.may(wanted.permission):
            audit.record_denial(request.actor, page=_name(request), reason=wanted.permission)
            return refusal_response(request, Forbidden())
        return _first_things_first(request, wanted)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, PermissionDenied):  # a page of the admin panel says no
            audit.record_denial(request.actor, page=_name(request), reason="the page itself")  # type: ignore[attr-defined]
        refusal = error if isinstance(error, Refusal) else overload.refusal_of(error)
        return refusal_response(request, refusal) if refusal else None


def _nobody_asked(request: Any) -> bool:
    """A refresh by itself, or what a browser fetches in case somebody might press on it."""
    purpose = request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or ""
    return request.headers.get("X-Background") == "1" or "prefetch" in purpose


def _renew(request: Any) -> None:
    """
    Other rights, another session id. Only when a whole page is opened: what an open page fetches at the
    same moment still comes with the old one, and would be signed out.
    """
    if request.method != "GET" or request.headers.get("HX-Request") or wants_json(request):
        return
    if sessions.rights_changed(request.session, request.standing):
        browsers.moving(request, request.session.cycle_key)


def _first_things_first(request: Any, wanted: policy.Policy) -> HttpResponse | None:
    """The second step that a role needs; for delicate pages, who it is once more. Tokens have neither."""
    if request.standing is None:
        return None
    if not wanted.early and second_step.is_missing(request.standing):
        return second_step.lead_there(request)
    if wanted.again and again.is_due(request):
        return again.ask(request)
    return None


def _name(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name if match else "") or request.path_info[:100]


def _sign_in_first(request: Any) -> HttpResponse:
    if wants_json(request):
        answer = {"type": "about:blank", "title": "Sign in first", "status": 401, "code": "sign-in",
                  "detail": "Send a bearer token or sign in."}  # fmt: skip
        return JsonResponse(answer, status=401, content_type="application/problem+json",
                            headers={"WWW-Authenticate": "Bearer"})  # fmt: skip
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401)  # the page stays, covered: what was typed is still on it
    return redirect_to_login(
        request.get_full_path() if request.method == "GET" else "/", settings.LOGIN_URL
    )
