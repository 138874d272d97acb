"""Sign-in and security: one page for everything about one's own account."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from access import actions, browsers, second_step
from access.forms import TokenForm
from access.models import ApiToken, SignedIn, User
from access.permissions import Permission
from kernel import permissions
from kernel.actors import Actor
from kernel.http import leads_home
from kernel.policy import page


@page(early=True)
def security(request: HttpRequest) -> HttpResponse:
    """Password, second step, passkeys, recovery codes, where one is signed in, programs."""
    user = request.user
    assert isinstance(user, User)
    return render(request, "access/security.html", {**_ways_in(user), **_elsewhere(request, user)})


@page(early=True)
def second_step_first(request: HttpRequest) -> HttpResponse:
    """A role of theirs needs a second step: app or passkey, before anything else opens."""
    standing = request.standing  # type: ignore[attr-defined]
    wanted = request.GET.get("next", "/")
    ours = leads_home(request, wanted)
    if standing is None or not second_step.is_missing(standing):
        return redirect(wanted if ours else "/")
    return render(request, "access/second_step_first.html", {})


@page(act=actions.end_own_session)
@require_POST
def end_session(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = _actor(request)
    row = SignedIn.objects.filter(pk=pk, user_id=actor.id).first()
    if row is None:
        raise Http404
    actions.end_own_session(session=row, by=actor)
    return redirect("mfa_index")


@page(act=actions.end_other_sessions)
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    actions.end_other_sessions(keep=request.session.session_key or "", by=_actor(request))
    return redirect("mfa_index")


@page(act=actions.issue_token, again=True)
def new_token(request: HttpRequest) -> HttpResponse:
    """A token for a program that acts in one's name; its text is on the answer, and nowhere else."""
    actor, user = _actor(request), request.user
    assert isinstance(user, User)
    form = TokenForm(request.POST or None, held=actor.grants.permissions)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        plain = actions.issue_token(user=user, by=actor, at=now, **form.token())
        until = now + timedelta(days=form.cleaned_data["days"])
        made = {"plain": plain, "name": form.cleaned_data["name"], "until": until}
        return render(request, "access/token_made.html", made)
    status = 422 if request.method == "POST" else 200
    return render(request, "access/new_token.html", {"form": form}, status=status)


@page(act=actions.give_up_token)
@require_POST
def end_token(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = _actor(request)
    token = ApiToken.objects.filter(pk=pk, user_id=actor.id, revoked_at=None).first()
    if token is None:
        raise Http404
    actions.give_up_token(token=token, by=actor, at=timezone.now())
    return redirect("mfa_index")


def _ways_in(user: User) -> dict[str, Any]:
    found = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
    codes = next((each for each in found if each.type == Authenticator.Type.RECOVERY_CODES), None)
    app = next((each for each in found if each.type == Authenticator.Type.TOTP), None)
    passkeys = [each for each in found if each.type == Authenticator.Type.WEBAUTHN]
    return {
        "has_password": user.has_usable_password(),
        "app": app,
        "passkeys": [{"row": each, "name": each.wrap().name} for each in passkeys],
        "has_second_step": bool(app or passkeys),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
    }


def _elsewhere(request: HttpRequest, user: User) -> dict[str, Any]:
    actor = _actor(request)
    open_in = browsers.of(user.pk, request.session.session_key)
    tokens = ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now())
    standing = request.standing  # type: ignore[attr-defined]
    return {
        "browsers": open_in,
        "others": sum(not each.is_this for each in open_in),
        "tokens": [_in_words(each) for each in tokens.order_by("expires_at", "pk")],
        "may_issue": actor.may(Permission.ISSUE_TOKENS),
        "needed_from": standing.second_step_from,
    }


def _in_words(token: ApiToken) -> ApiToken:
    known = [permissions.find(scope) for scope in token.scopes]
    token.may = [each.label for each in known if each]  # type: ignore[attr-defined]
    return token


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
