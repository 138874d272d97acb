"""The demo's door: one button per role, refused outside a demo practice."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from access.models import User
from access.roles import DEMO_DOMAIN
from kernel.http import leads_home
from kernel.policy import public


@public(reason="signs in to invented data; answers 404 outside a demo practice")
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    email = f"{request.POST.get('role', '')}@{DEMO_DOMAIN}"
    user = get_object_or_404(User, email=email, is_demo=True, is_active=True)
    wanted = request.POST.get("next", "")
    ours = leads_home(request, wanted)
    return perform_login(request, user, redirect_url=wanted if ours else None)
