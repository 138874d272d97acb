"""The rules of the office: what each does, what it did, and how strict it is."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import trigger_client_event

from kernel import clock, policy, subjects
from kernel.actors import Actor
from kernel.policy import page
from kernel.refusals import Invalid, StaleVersion
from office import actions, queries
from office.forms import RuleForm
from office.permissions import Permission
from office.queries import RuleLine

TOPIC = "rules"
STALE = "Somebody else changed this rule since you opened it. What stands now is behind this; save again to change it."


@page(permission=Permission.VIEW_RULES, subject="patients.patient")
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule, and the latest times the chosen one spoke."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    lines = queries.rule_lines(actor, timezone.now())
    asked_at = request.GET.get("at", "")
    shown = [line for line in lines if not asked_at or line.point == asked_at]
    chosen = _chosen(lines, request.GET.get("rule", ""), shown)
    context = {
        "lines": shown,
        "points": _points(lines, asked_at),
        "chosen": chosen,
        "fired": _fired(request, actor, chosen) if chosen else [],
        "may_change": actor.may(Permission.CONFIGURE_OFFICE),
        "zone": queries.practice_zone(),
    }
    return render(request, "office/rules.html", context)


@page(act=actions.change_gate_setting, again=True)
def change_rule(request: HttpRequest, name: str) -> HttpResponse:
    """How strict a rule is; the change can be taken back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    now = timezone.now()
    line = next((each for each in queries.rule_lines(actor, now) if each.name == name), None)
    if line is None:
        raise Http404
    form = RuleForm(request.POST or None, now=now, initial=_initial(line))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _, token = actions.change_gate_setting(rule=name, by=actor, **form.setting())
                return _changed(request, line, form.cleaned_data["level"], token)
            except StaleVersion:
                status = 409
                form.data = form.data.copy()
                form.data["version"] = str(line.version)
                form.add_error(None, STALE)
            except Invalid as refusal:
                form.add_error(refusal.field or None, str(refusal))
    return render(request, "office/change_rule.html", {"form": form, "line": line}, status=status)


def _changed(request: HttpRequest, line: RuleLine, level: str, token: str) -> HttpResponse:
    says = {"block": "blocks", "warn": "warns", "off": "is off"}[level]
    text = f"“{line.title}” now {says}."
    if not request.headers.get("HX-Request"):
        messages.success(request, text)
        return redirect(f"{reverse('rules')}?rule={line.name}")
    response = HttpResponse(status=204)
    undo = reverse("undo", args=[token]) if token else ""
    trigger_client_event(response, "toast", {"text": text, "undo": undo})
    trigger_client_event(response, "changed", {"topics": [TOPIC]})
    return trigger_client_event(response, "close-drawer", {})


def _initial(line: RuleLine) -> dict[str, Any]:
    zone = queries.practice_zone()
    return {
        "level": line.level,
        "override_permission": line.override_permission,
        "from_date": clock.local(line.starts_at, zone).date() if line.starts_at else None,
        "version": line.version,
    }


def _chosen(lines: list[RuleLine], name: str, shown: list[RuleLine]) -> RuleLine | None:
    """The asked one, else the one that spoke most."""
    named = next((line for line in lines if line.name == name), None)
    return named or max(shown, key=lambda line: line.fired, default=None)


def _points(lines: list[RuleLine], asked_at: str) -> list[dict[str, Any]]:
    counted: dict[str, dict[str, Any]] = {}
    for line in lines:
        entry = counted.setdefault(
            line.point, {"label": line.asked_when, "count": 0, "url": f"?at={line.point}",
                         "current": line.point == asked_at}
        )  # fmt: skip
        entry["count"] += 1
    everything = {"label": "All", "count": len(lines), "url": "?", "current": not asked_at}
    return [everything, *counted.values()]


def _fired(request: HttpRequest, actor: Actor, chosen: RuleLine) -> list[dict[str, Any]]:
    """The rows with the names of whom they are about, as far as one may see them; looking is recorded."""
    rows = queries.fired(chosen.name, actor)
    pairs = {(row.subject_kind, row.subject_id) for row in rows if row.subject_id}
    names = subjects.labels(pairs, actor)
    seen: dict[str, list[Any]] = {}
    for kind, subject_id in pairs:
        seen.setdefault(kind, []).append(subject_id)
    for kind, ids in seen.items():
        policy.saw(request, kind, ids)
    zone = queries.practice_zone()
    return [
        {"row": row, "at": clock.local(row.at, zone), "name": names.get((row.subject_kind, row.subject_id), "")}
        for row in rows
    ]  # fmt: skip
