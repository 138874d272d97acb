"""What the papers bring to pages of others: their page in the menu, those about somebody on their page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from desk.permissions import Permission
from desk.queries import documents as queries
from desk.views.documents import DOCUMENT, today_now
from kernel import panels
from kernel.panels import NavItem, NewItem, Panel
from kernel.policy import saw

SHOWN = 5


def of_patient(request: HttpRequest, *, patient: Any) -> Mapping[str, Any]:
    return _about(request, "patients.patient", patient.pk)


def of_employee(request: HttpRequest, *, employee: Any) -> Mapping[str, Any]:
    return _about(request, "staff.employee", employee.pk)


def _about(request: HttpRequest, kind: str, key: UUID) -> dict[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.of_subject(kind, key, actor, today_now(), SHOWN)
    saw(request, DOCUMENT, found.ids)
    add = f"{reverse('desk:add_documents')}?{urlencode({'about': f'{kind}:{key}'})}"
    may_file = actor.may(Permission.FILE_DOCUMENTS)
    return {
        "found": found,
        "add_url": add if may_file else "",
        "more": found.total - len(found.rows),
    }


def register() -> None:
    template, wanted = "desk/documents/_of_subject.html", Permission.VIEW_DOCUMENTS
    panels.fill(Panel("patient.profile", "documents", template, of_patient, wanted, order=85))
    panels.fill(Panel("employee.file", "documents", template, of_employee, wanted, order=80))
    panels.add_nav(
        NavItem("Documents", "folder", "desk:documents", Permission.VIEW_DOCUMENTS, order=45,
                in_rail=False,
                line="The office’s papers: policies, contracts, certificates, letters; found by their words.")
    )  # fmt: skip
    panels.add_new(
        NewItem("Documents", "upload", "desk:add_documents", Permission.FILE_DOCUMENTS, order=55)
    )
