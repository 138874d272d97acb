"""The house, and pages that break or sleep."""

from django.db import connection
from django.http import HttpResponse
from django.urls import path

from kernel.policy import public
from office import urls
from office.urls import handler400, handler403, handler404, handler500  # noqa: F401


@public(reason="only in tests")
def breaks(request):
    raise ZeroDivisionError("on purpose")


@public(reason="only in tests")
def slow(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    return HttpResponse("slept")


urlpatterns = [
    *urls.urlpatterns,
    path("breaks/", breaks),
    path("api/v1/breaks/", breaks),
    path("slow/", slow),
    path("api/v1/slow/", slow),
]
