"""`/device/`: where the code is typed on the machine itself."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from access import actions, devices, throttle
from access.actions.devices import CodeNotKnown
from access.forms import DeviceCodeForm
from access.models import DeviceKind
from kernel.actors import Actor
from kernel.policy import public

PAGES = {DeviceKind.QUEUE_SCREEN: "scheduling:queue"}
SLOWED = "Too many tries. Wait 15 minutes."


@public(
    reason="a machine at which nobody signs in shows the code that an administrator has read out"
)
def device(request: HttpRequest) -> HttpResponse:
    """The code, once; then the machine goes to its own page by itself, also after a power cut."""
    known = devices.of(request)
    if known and request.method == "GET":
        return redirect(PAGES[DeviceKind(known.kind)])
    form = DeviceCodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            origin = throttle.client_address(request)
            account = throttle.account_key(f"device code {origin}")
            tried = throttle.begin_try(account, origin)
            if tried is None:
                form.add_error("code", SLOWED)
                status = 429
            elif answer := _enroll(form):
                throttle.succeeded(account, origin)
                return answer
    return render(request, "access/device.html", {"form": form}, status=status)


def _enroll(form: DeviceCodeForm) -> HttpResponse | None:
    secret = secrets.token_urlsafe(32)
    try:
        found = actions.enroll_device(
            code=form.cleaned_data["code"],
            secret=secret,
            by=Actor.system("device"),
            at=timezone.now(),
        )
    except CodeNotKnown as refusal:
        form.add_error("code", f"{refusal}.")
        return None
    response = redirect(PAGES[DeviceKind(found.kind)])
    devices.remember(response, secret)
    return response
