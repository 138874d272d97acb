"""Tasks over the API: the same acts as the pages; reading one about a person is a look at that person."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from desk.actions import tasks as actions
from desk.api import serializers
from desk.models import Task, TaskEntry
from desk.permissions import Permission
from desk.queries import people, tasks
from kernel.api import HouseViewSet, once, pick
from kernel.policy import saw
from kernel.refusals import Invalid
from office.models import Location

VIEWS = [*tasks.VIEWS]


class TaskViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, HouseViewSet):
    """What is to be done; `view` narrows the list to mine, team, waiting, done or all."""

    serializer_class = serializers.TaskOut
    permissions = dict.fromkeys(
        ("list", "retrieve", "create", "change", "take", "hand_over", "comment", "done", "reopen", "drop"),
        Permission.USE_TASKS,
    )  # fmt: skip

    def get_queryset(self) -> Any:
        view = self.request.query_params.get("view") if self.action == "list" else None
        if view is None:
            return Task.objects.visible_to(self.actor)
        if view not in VIEWS:
            raise Invalid(f"View is one of: {', '.join(VIEWS)}.", field="view")
        return tasks.of_view(self.actor, view)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        if response.status_code in {200, 201} and isinstance(response.data, dict):
            for kind, ids in _persons(response.data).items():
                saw(request._request, kind, ids)
        return super().finalize_response(request, response, *args, **kwargs)

    @extend_schema(parameters=[OpenApiParameter("view", str, enum=VIEWS)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(request=serializers.TaskIn, responses={201: serializers.TaskOut})
    def create(self, request: Request) -> Response:
        asked = self.read(serializers.TaskIn)

        def answer() -> Response:
            given = _subject(dict(asked))
            here = Location.objects.visible_to(self.actor)
            location = pick(here, given.pop("location"), "location", "location")
            to = _to(location, given.pop("owner"), given.pop("team"))
            made = actions.add_task(
                location=location, by=self.actor, at=timezone.now(), **given, **to
            )
            return Response(serializers.TaskOut(made).data, status=201)

        return once(request, answer)

    @extend_schema(request=serializers.TaskChange, responses=serializers.TaskOut)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: UUID) -> Response:
        asked = _subject(self.read(serializers.TaskChange))
        return self._do(actions.change_task, lambda _: asked)

    @extend_schema(request=None, responses=serializers.TaskOut)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: UUID) -> Response:
        return self._do(actions.take_task, lambda _: {})

    @extend_schema(request=serializers.HandOverIn, responses=serializers.TaskOut)
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, pk: UUID) -> Response:
        asked = self.read(serializers.HandOverIn)
        return self._do(
            actions.hand_over_task,
            lambda task: {
                "note": asked["note"],
                **_to(task.location, asked["owner"], asked["team"]),
            },
        )

    @extend_schema(request=serializers.CommentIn, responses=serializers.TaskOut)
    @action(detail=True, methods=["post"])
    def comment(self, request: Request, pk: UUID) -> Response:
        asked = self.read(serializers.CommentIn)
        return self._do(actions.comment_on_task, lambda _: asked)

    @extend_schema(request=serializers.NoteIn, responses=serializers.TaskOut)
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: UUID) -> Response:
        asked = self.read(serializers.NoteIn)
        return self._do(actions.complete_task, lambda _: asked)

    @extend_schema(request=None, responses=serializers.TaskOut)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: UUID) -> Response:
        return self._do(actions.reopen_task, lambda _: {})

    @extend_schema(request=serializers.DropIn, responses=serializers.TaskOut)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: UUID) -> Response:
        asked = self.read(serializers.DropIn)
        return self._do(actions.drop_task, lambda _: asked)

    def _do(self, act: Callable[..., Task], given: Callable[[Task], dict[str, Any]]) -> Response:
        task = self.get_object()

        def answer() -> Response:
            row = act(task=task, by=self.actor, at=timezone.now(), **given(task))
            return Response(serializers.TaskOut(row).data)

        return once(self.request, answer)


class TaskEntryViewSet(mixins.ListModelMixin, HouseViewSet):
    """What happened to tasks, and what people said about them; `task` narrows it to one."""

    serializer_class = serializers.EntryOut
    permissions = {"list": Permission.USE_TASKS}

    def get_queryset(self) -> Any:
        told = TaskEntry.objects.filter(task__in=Task.objects.visible_to(self.actor))
        if "task" in self.request.query_params:
            told = told.filter(task=_key(self.request.query_params["task"]))
        return told

    @extend_schema(parameters=[OpenApiParameter("task", UUID)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().list(request, *args, **kwargs)
        shown = {row["task"] for row in answer.data["results"]}
        for kind, ids in tasks.persons(
            Task.objects.visible_to(self.actor).filter(pk__in=shown)
        ).items():
            saw(request._request, kind, ids)
        return answer


def _key(text: str) -> UUID:
    """
    :raises Invalid: it is none, said without repeating what was sent
    """
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("Give the id of a task.", field="task") from None


def _subject(asked: dict[str, Any]) -> dict[str, Any]:
    """The subject in the words of the acts."""
    if asked.get("about"):
        asked["about"] = (asked["about"]["kind"], asked["about"]["id"])
    return asked


def _to(location: Location, owner: Any, team: Any) -> dict[str, Any]:
    return {
        "owner": pick(people.who_works_at(location), owner, "owner", "person at this location")
        if owner
        else None,
        "team": pick(people.teams(), team, "team", "team") if team else None,
    }


def _persons(answer: dict[str, Any]) -> dict[str, list[UUID]]:
    """Whom the rows of an answer tell of."""
    found: dict[str, list[UUID]] = {}
    for row in answer.get("results", [answer]):
        about = row.get("about") if isinstance(row, dict) else None
        if about and tasks.is_person(about["kind"]):
            found.setdefault(about["kind"], []).append(UUID(str(about["id"])))
    return found
