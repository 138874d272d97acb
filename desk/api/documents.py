"""The papers as JSON, and their files: in by the same check, out as attachments."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from desk.actions.documents import Filing, add_document
from desk.models import Document, Folder
from desk.permissions import Permission
from desk.queries import documents as queries
from desk.safety import checking, kinds
from desk.views.documents import DOCUMENT, attachment, looked_at
from kernel.api import HouseViewSet, once, pick
from kernel.policy import Policy
from kernel.refusals import Invalid, OutOfScope


class DocumentOut(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    folder = serializers.UUIDField(source="folder_id")
    state = serializers.ChoiceField(Document.State.choices)
    about_kind = serializers.CharField(allow_blank=True)
    about_id = serializers.UUIDField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    expires_date = serializers.DateField(allow_null=True)
    retention_class = serializers.CharField()
    retain_until = serializers.DateField(allow_null=True)
    on_hold = serializers.BooleanField(source="is_on_hold")
    media_type = serializers.SerializerMethodField()
    size = serializers.SerializerMethodField()
    sha256 = serializers.SerializerMethodField()
    versions = serializers.SerializerMethodField()
    version = serializers.IntegerField()

    def get_media_type(self, document: Any) -> str:
        return getattr(queries.shown_version(document), "media_type", "")

    def get_size(self, document: Any) -> int:
        return getattr(queries.shown_version(document), "size", 0)

    def get_sha256(self, document: Any) -> str:
        return getattr(queries.shown_version(document), "sha256", "")

    def get_versions(self, document: Any) -> int:
        return len(document.newest_first)


class DocumentIn(serializers.Serializer):
    file = serializers.FileField(
        help_text=f"{kinds.IN_WORDS}. Told by its contents, not by its name."
    )
    folder = serializers.UUIDField()
    title = serializers.CharField(max_length=200, required=False, default="")
    about_kind = serializers.CharField(max_length=60, required=False, default="")
    about_id = serializers.UUIDField(required=False, default=None)
    tags = serializers.CharField(
        max_length=500, required=False, default="", help_text="Words between commas."
    )
    expires_date = serializers.DateField(required=False, default=None)


class DocumentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, HouseViewSet):
    """The office's papers (FHIR DocumentReference)."""

    policy = Policy(takes_files=True)
    serializer_class = DocumentOut
    subject = DOCUMENT
    permissions = {
        "list": Permission.VIEW_DOCUMENTS,
        "retrieve": Permission.VIEW_DOCUMENTS,
        "download": Permission.VIEW_DOCUMENTS,
        "create": Permission.FILE_DOCUMENTS,
    }

    def get_queryset(self) -> Any:
        return queries.with_current(Document.objects.visible_to(self.actor))

    def get_parsers(self) -> Any:
        if getattr(self, "action_map", None) and self.action_map.get(self._method()) == "create":
            return [MultiPartParser()]
        return super().get_parsers()

    def _method(self) -> str:
        request = getattr(self, "request", None)
        return request.method.lower() if request is not None and request.method else "post"

    @extend_schema(request={"multipart/form-data": DocumentIn}, responses={201: DocumentOut})
    def create(self, request: Request) -> Response:
        """One file, checked as by the page; 422 with a sentence when it is not taken."""
        asked = DocumentIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        file = given["file"]
        folder = pick(Folder.objects.visible_to(self.actor), given["folder"], "folder", "folder")
        filing = Filing(
            title=given["title"], about=_about(given), expires_date=given["expires_date"],
            tags=tuple(each.strip() for each in given["tags"].split(",") if each.strip()),
        )  # fmt: skip

        checked = checking.check(
            file.chunks(), file.name or ""
        )  # it takes its time: no transaction waits for it

        def answer() -> Response:
            made = add_document(
                folder=folder, file=checked, by=self.actor, at=timezone.now(), filing=filing
            )
            return Response(DocumentOut(self.get_queryset().get(pk=made.pk)).data, status=201)

        return once(request, answer)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def download(self, request: Request, pk: UUID) -> Any:
        """The current version's file."""
        row = self.get_object()
        looked_at(
            request._request, [row.pk], {row.about_kind: [row.about_id]} if row.about_id else {}
        )
        version = next((each for each in row.newest_first if each.is_current), None)
        if version is None:
            raise OutOfScope("No version of this document is available (yet).")
        return attachment(row, version)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Whom the rows tell of is named in the trail beside the papers themselves."""
        told = getattr(response, "data", None)
        if response.status_code in {200, 201} and isinstance(told, dict):
            persons: dict[str, list[UUID]] = {}
            for row in told.get("results", [told]):
                if row.get("about_id"):
                    persons.setdefault(row["about_kind"], []).append(UUID(str(row["about_id"])))
            looked_at(request._request, [], persons)
        return super().finalize_response(request, response, *args, **kwargs)


def _about(given: dict[str, Any]) -> tuple[str, UUID] | None:
    """
    :raises Invalid: one of the two alone
    """
    kind, key = given["about_kind"], given["about_id"]
    if bool(kind) != bool(key):
        raise Invalid(
            "About needs both a kind and an id.", field="about_id" if kind else "about_kind"
        )
    return (kind, key) if kind else None
