"""What communications offers on the pages around it."""

from collections.abc import Mapping
from typing import Any

from communications import kinds
from communications.permissions import Permission
from communications.queries.outbox import TONES, of_subject
from kernel import clock, panels
from kernel.panels import NavItem, NewItem, Panel


def written_to(request: Any, *, patient: Any, **_more: Any) -> Mapping[str, Any]:
    """What was written to a patient lately, on the patient's page."""
    rows = of_subject(request.actor, "patients.patient", patient.pk)
    lines = [
        {
            "id": row.pk, "kind": kinds.label(row.kind), "way": row.get_way_display() if row.way else "",
            "word": row.get_state_display(), "tone": TONES[row.state], "reason": row.reason,
            "at": clock.local(row.sent_at or row.created_at, row.location.zone if row.location else "UTC"),
        }
        for row in rows
    ]  # fmt: skip
    return {"lines": lines}


def register() -> None:
    panels.add_nav(
        NavItem(
            "Messages", "send", "communications:outbox", Permission.VIEW_MESSAGES, order=45,
            line="What was written to patients, and what became of it.",
        )
    )  # fmt: skip
    panels.add_nav(
        NavItem(
            "Words of messages", "template", "communications:templates", Permission.WRITE_TEMPLATES, order=46,
            line="What reminders and letters say.", in_rail=False,
        )
    )  # fmt: skip
    panels.add_new(
        NewItem(
            "Message to everybody booked",
            "speakerphone",
            "communications:new_broadcast",
            Permission.BROADCAST,
            order=40,
        )
    )
    panels.fill(
        Panel("patient.profile", "messages", "communications/_of_patient.html", written_to,
              permission=Permission.VIEW_MESSAGES, order=60)
    )  # fmt: skip
