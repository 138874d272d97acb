"""The API's common ground: problem documents, cursor pages, idempotent POSTs, declared policies."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import exception_handler
from rest_framework.viewsets import GenericViewSet

from kernel import acts, bodies, overload
from kernel.actors import NOBODY, Actor
from kernel.http import problem
from kernel.models import IdempotencyKey
from kernel.policy import Policy, saw
from kernel.refusals import Invalid, Refusal

PROBLEM = "application/problem+json"


class HouseViewSet(GenericViewSet):
    """
    A noun of the API.

    `permissions` names for each DRF action what one must be allowed; an action that is not named is closed.
    `subject` is the kind of person the rows tell of, and `subject_at` the field that names them: reading is
    audited under the person, so that it is found when they ask who looked.
    """

    policy = Policy()
    permissions: dict[str, str] = {}
    subject, subject_at = "", "id"
    lookup_value_converter = "uuid"
    # `?ordering=`; a value goes into the cursor and so into logs: never one that tells of a patient.
    orderings: dict[str, tuple[str, ...]] = {"id": ("id",), "-id": ("-id",)}

    @property
    def actor(self) -> Actor:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a request
            return NOBODY
        return self.request._request.actor

    def read(self, serializer: type[Serializer]) -> dict[str, Any]:
        """The request's body in the words of an action; what is wrong becomes a 422 with field errors."""
        parsed = serializer(data=self.request.data)
        parsed.is_valid(raise_exception=True)
        if wrong := bodies.wrong_types(parsed, self.request.data):
            raise exceptions.ValidationError(wrong)
        return dict(parsed.validated_data)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action == "list":
            self.wanted_fields()  # refused before anything is read

    def wanted_fields(self) -> set[str]:
        """
        What `?fields=` of a list names, of what the noun has; empty: everything.

        :raises Invalid: one of them does not exist
        """
        asked = self.request.query_params.get("fields", "")
        wanted = {name.strip() for name in asked.split(",") if name.strip()}
        if not wanted:  # a serializer is costly to make
            return wanted
        known = set(self.serializer_class().fields) if self.serializer_class else set()
        if unknown := wanted - known:
            raise Invalid(f"There is no field “{sorted(unknown)[0][:40]}”.", field="fields")
        return wanted

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        said = getattr(response, "data", None)  # a file that is handed out has none
        told = response.status_code in {200, 201} and isinstance(said, dict)
        ids = list(_people_in(response.data, self.subject_at)) if self.subject and told else []
        if ids:
            saw(request._request, self.subject, ids)
        if getattr(self, "action", "") == "list" and response.status_code == 200:
            _trim(response.data, self.wanted_fields())
        return super().finalize_response(request, response, *args, **kwargs)


def _people_in(answer: dict[str, Any], named_by: str) -> Iterator[Any]:
    """Whom the rows of an answer tell of: by an id, or by an object that has one."""
    for row in answer.get("results", [answer]):
        who = row.get(named_by) if isinstance(row, dict) else None
        who = who.get("id") if isinstance(who, dict) else who
        if who:
            yield who


def _trim(page: dict[str, Any], wanted: set[str]) -> None:
    """After the reading was recorded: of each row only what was asked for, and its id."""
    if wanted:
        page["results"] = [
            {name: value for name, value in row.items() if name in wanted | {"id"}}
            for row in page["results"]
        ]


M = TypeVar("M", bound=Model)


def pick(rows: QuerySet[M], key: Any, field: str, noun: str) -> M:
    """
    The row an id in a body means.

    :raises Invalid: it does not exist for this actor
    """
    found = rows.filter(pk=key).first()
    if found is None:
        raise Invalid(f"There is no such {noun}.", field=field)
    return found


class InProgress(Refusal):
    """The same idempotency key is being worked on right now."""

    code = "in-progress"
    title = "The same request is being worked on; ask again in a moment"


class KeyReused(Refusal):
    """The idempotency key was used for another request."""

    code = "key-reused"
    title = "This Idempotency-Key was used for a different request"
    status = 422


def once(request: Request, answer: Callable[[], Response]) -> Response:
    """
    Do a POST at most once per `Idempotency-Key`: key, work and answer commit together.

    Without the header the work is simply done. A repetition gets the stored answer.

    :raises KeyReused: the key came with another body
    :raises InProgress: its twin is still at work
    :raises Invalid: the key is longer than we remember, or no plain text
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return answer()
    if not re.fullmatch(r"[!-~]{1,200}", key):
        raise Invalid("An Idempotency-Key has 1 to 200 printable ASCII characters, no spaces.")
    actor_id = request._request.actor.id
    print_ = hashlib.sha256(
        f"{request.method} {request.path} {json.dumps(request.data, sort_keys=True, default=_said)}".encode()
    ).hexdigest()

    def body() -> Response:
        try:
            with transaction.atomic():  # a savepoint: waits here while a twin is at work
                row = IdempotencyKey.objects.create(actor_id=actor_id, key=key, fingerprint=print_)
        except IntegrityError:
            return _again(actor_id, key, print_)
        except OperationalError as error:
            if isinstance(overload.refusal_of(error), overload.Busy):
                raise InProgress from error
            raise
        response = answer()
        row.status, row.body = (
            response.status_code,
            json.loads(json.dumps(response.data, default=str)),
        )
        row.save()
        return response

    return acts.run_recorded(body)  # what a refusal leaves behind is written here too


def _said(value: Any) -> str:
    """What a part of the request is, for its fingerprint: a file is its contents, not its name."""
    if not hasattr(value, "chunks"):
        return str(value)
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return digest.hexdigest()


def _again(actor_id: Any, key: str, fingerprint: str) -> Response:
    row = IdempotencyKey.objects.get(actor_id=actor_id, key=key)
    if row.fingerprint != fingerprint:
        raise KeyReused
    return Response(row.body, status=row.status, headers={"Idempotency-Replayed": "true"})


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error of the API as RFC 9457, with one sentence."""
    refusal = error if isinstance(error, Refusal) else overload.refusal_of(error)
    if refusal:
        return Response(problem(refusal), status=refusal.status, content_type=PROBLEM)
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing here that you may open.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None:
        return None
    fields = response.data if isinstance(error, exceptions.ValidationError) else None
    status = 422 if fields is not None else response.status_code
    body = {
        "type": "about:blank",
        "title": getattr(error, "default_detail", "Refused"),
        "status": status,
        "detail": _sentence(error),
        "code": getattr(error, "default_code", "error"),
    }
    if fields is not None:
        body["errors"] = fields
    response.data, response.status_code, response.content_type = body, status, PROBLEM
    return response


def _sentence(error: Any) -> str:
    detail = getattr(error, "detail", None)
    if isinstance(detail, dict):
        field, messages = next(iter(detail.items()))
        first = messages[0] if isinstance(messages, list) and messages else messages
        return f"{field}: {first}"
    return str(detail[0] if isinstance(detail, list) and detail else detail or error)
