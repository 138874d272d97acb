"""What every answer says to the browser, whoever made it: a page, a file, a refusal, an error."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# What no page of the house uses; an injected script or a framed site does not get it either.
UNUSED = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "geolocation",
    "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
HEADERS = {
    "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
KEPT_NOWHERE = "no-store"


class EveryAnswer:
    """
    The outermost middleware: it sees redirects to TLS, built files and refused hosts too.

    Nothing is kept on the machine at the desk but built files, which are the same for everybody
    (45 CFR 170.315(d)(7): encrypt what is left on a device, or leave nothing).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        built = request.path_info.startswith(settings.STATIC_URL) and response.status_code in FOUND
        if not built:
            response["Cache-Control"] = KEPT_NOWHERE
        return response


FOUND = {200, 206, 304}
