"""What goes in and what comes out of the desk's API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from desk.models import ChecklistRun, Party, RunItem, Task, TaskEntry
from desk.models.task import RepeatUnit, Urgency


@extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"})
class WallTime(serializers.TimeField):
    """A time of the wall clock, 15:00; RFC 3339's own has an offset."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **options)


class AboutOut(serializers.Serializer):
    """A subject of the house: `patients.patient` and an id."""

    kind = serializers.CharField()
    id = serializers.UUIDField()


class TaskOut(serializers.ModelSerializer):
    """Something somebody is to do (FHIR Task)."""

    due_time = WallTime(allow_null=True)
    about = serializers.SerializerMethodField()

    class Meta:
        model = Task
        fields = (
            "id", "version", "location", "title", "text", "owner", "team", "created_by", "urgency", "due_date",
            "due_time", "due_at", "repeat_unit", "repeat_every", "repeat_on", "about", "state", "closed_at",
            "closed_by", "drop_reason", "created_at",
        )  # fmt: skip

    @extend_schema_field(AboutOut(allow_null=True))
    def get_about(self, task: Task) -> dict[str, str] | None:
        about = task.about
        return {"kind": about[0], "id": str(about[1])} if about else None


class EntryOut(serializers.ModelSerializer):
    """A line of a task's story."""

    class Meta:
        model = TaskEntry
        fields = ("id", "task", "code", "at", "actor_name", "whose", "text")


class AboutIn(serializers.Serializer):
    kind = serializers.CharField(max_length=60)
    id = serializers.UUIDField()


class TaskDetails(serializers.Serializer):
    """What a task says; what is not sent stays as it is."""

    title = serializers.CharField(max_length=200, required=False)
    text = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    urgency = serializers.ChoiceField(Urgency.choices, required=False)
    due_date = serializers.DateField(required=False, allow_null=True)
    due_time = WallTime(required=False, allow_null=True)
    repeat_unit = serializers.ChoiceField(RepeatUnit.choices, required=False, allow_blank=True)
    repeat_every = serializers.IntegerField(
        min_value=1, max_value=99, required=False, allow_null=True
    )
    about = AboutIn(required=False, allow_null=True)


class TaskIn(TaskDetails):
    """Without `owner` and `team` it is one's own."""

    location = serializers.UUIDField()
    title = serializers.CharField(max_length=200)
    owner = serializers.UUIDField(required=False, allow_null=True, default=None)
    team = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2**31 - 1
    )


class TaskChange(TaskDetails):
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class HandOverIn(serializers.Serializer):
    """One of both."""

    owner = serializers.UUIDField(required=False, allow_null=True, default=None)
    team = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2**31 - 1
    )
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class CommentIn(serializers.Serializer):
    text = serializers.CharField(max_length=4000)


class NoteIn(serializers.Serializer):
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class DropIn(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class RunItemOut(serializers.ModelSerializer):
    class Meta:
        model = RunItem
        fields = (
            "id", "item", "text", "role", "evidence", "unit", "low", "high", "is_critical", "done_at", "done_by",
            "done_by_name", "number", "signature", "note",
        )  # fmt: skip


class ChecklistOut(serializers.ModelSerializer):
    """A checklist of one day at one location."""

    name = serializers.CharField(source="template.name")
    items = RunItemOut(many=True)

    class Meta:
        model = ChecklistRun
        fields = (
            "id", "version", "template", "name", "location", "date", "due_at", "state", "closed_at", "closed_by",
            "left_out_reason", "items",
        )  # fmt: skip


class PartyOut(serializers.ModelSerializer):
    """Somebody outside whom the office calls."""

    class Meta:
        model = Party
        fields = (
            "id", "version", "kind", "name", "contact", "phone", "other_phone", "fax", "email", "address",
            "account_number", "notes", "locations", "retired_at",
        )  # fmt: skip
