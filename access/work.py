"""What waits for who answers for the audit trail."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from access.permissions import Permission
from kernel import patrol, work
from kernel.actors import Actor
from kernel.work import WorkItem


@work.source(Permission.READ_AUDIT)
def broken_trail(_actor: Actor, _at: datetime) -> Iterable[WorkItem]:
    """One line for each place where the chain does not hold."""
    return [
        WorkItem(
            what="The audit trail was changed",
            why=f"{sentence} Treat it as a security incident: keep the machine as it is, and ask who had the "
            "database's owner account.",
            verb="Open trail",
            url=reverse("audit"),
            icon="shield-x",
            severity="act",
            rank=1,
        )
        for sentence in patrol.alarms()
    ]
