"""Who has to set up a second step before anything else opens, and where they are led."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from access import grants
from access.grants import Standing
from kernel import clock
from kernel.http import problem, wants_json
from kernel.refusals import Forbidden
from office import queries

PAGE = "second-step-first"
SENTENCE = "Your office asks for a second step at sign-in. Set it up in the browser first."


class SecondStepFirst(Forbidden):
    """Signed in, but a role of theirs needs a second step that they have not set up."""

    code = "second-step-first"
    title = SENTENCE


def is_missing(standing: Standing) -> bool:
    if standing.has_second_step or standing.second_step_from is None:
        return False
    today = clock.today(timezone.now(), queries.practice_zone())
    if not standing.lacks_second_step(today):
        return False
    # It may have been set up a moment ago, in another process.
    fresh = grants.look(standing.user_id)
    return fresh is None or fresh.lacks_second_step(today)


def lead_there(request: Any) -> HttpResponse:
    if wants_json(request):
        refusal = SecondStepFirst()
        return JsonResponse(
            problem(refusal), status=refusal.status, content_type="application/problem+json"
        )
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(PAGE)})
    wanted = request.get_full_path() if request.method == "GET" else "/"
    return redirect(f"{reverse(PAGE)}?{urlencode({'next': wanted}, safe='/')}")
