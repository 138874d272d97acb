"""What of this room one can link to and find from anywhere."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from desk.models import ChecklistRun, Party, Task
from desk.queries import due
from kernel import clock, subjects
from kernel.actors import Actor
from kernel.subjects import Hit


class TaskKind:
    """A task; in the palette the open ones that one sees."""

    kind = "desk.task"
    name = "Task"
    icon = "checklist"

    def labels(self, ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, str]:
        found = Task.objects.visible_to(actor).filter(pk__in=list(ids))
        return {each.pk: each.title for each in found}

    def url(self, subject_id: UUID) -> str:
        return reverse("desk:task", args=[subject_id])

    def search(self, text: str, actor: Actor, limit: int) -> list[Hit]:
        found = Task.objects.visible_to(actor).open().matching(text).select_related("location")
        now = timezone.now()
        return [
            Hit(
                self.kind,
                each.pk,
                each.title,
                due.words(each, clock.today(now, each.location.zone)) or "No day",
                self.url(each.pk),
                self.icon,
            )
            for each in found.most_urgent_first()[:limit]
        ]


class RunKind:
    """A checklist of a day; tasks are made about one. It is opened from its page, not searched for."""

    kind = "desk.checklistrun"
    name = "Checklist"
    icon = "checkup-list"

    def labels(self, ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, str]:
        found = ChecklistRun.objects.visible_to(actor).filter(pk__in=list(ids))
        return {each.pk: str(each) for each in found.select_related("template")}

    def url(self, subject_id: UUID) -> str:
        return reverse("desk:checklist", args=[subject_id])

    def search(self, text: str, actor: Actor, limit: int) -> list[Hit]:
        return []


class PartyKind:
    """Somebody outside: found in the palette, linked to by tasks."""

    kind = "desk.party"
    name = "Contact"
    icon = "building"

    def labels(self, ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, str]:
        found = Party.objects.visible_to(actor).filter(pk__in=list(ids))
        return {each.pk: each.name for each in found}

    def url(self, subject_id: UUID) -> str:
        return reverse("desk:party", args=[subject_id])

    def search(self, text: str, actor: Actor, limit: int) -> list[Hit]:
        found = Party.objects.visible_to(actor).in_use().matching(text).order_by("name", "pk")
        return [
            Hit(
                self.kind,
                each.pk,
                each.name,
                f"{each.get_kind_display()} {each.phone}".strip(),
                self.url(each.pk),
                self.icon,
            )
            for each in found[:limit]
        ]


subjects.register(TaskKind())
subjects.register(PartyKind())
subjects.register(RunKind())
