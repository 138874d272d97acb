from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from kernel import parse
from kernel.refusals import Invalid

USUAL, MOST = 50, 200  # rows of a page


def limit(request: Request) -> int:
    """
    How many rows `?limit=` asks for; more than a page holds are never read.

    :raises Invalid: it is no number
    """
    return min(parse.whole(request.query_params.get("limit"), "limit", USUAL), MOST)


class CursorPages(CursorPagination):
    """Cursor pages, as the rows were made (UUIDv7 keys carry it) or as `?ordering=` of the view's list says."""

    page_size = USUAL
    page_size_query_param = "limit"
    ordering = "id"

    def get_page_size(self, request: Request) -> int:
        return limit(request)

    def get_ordering(self, request: Request, queryset: QuerySet, view: Any) -> tuple[str, ...]:
        asked = request.query_params.get("ordering", "id")
        if asked not in view.orderings:
            raise Invalid(f"Order by one of: {', '.join(view.orderings)}.", field="ordering")
        ordering: tuple[str, ...] = view.orderings[asked]
        return ordering

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor, *_size = super().get_schema_operation_parameters(view)
        return [
            cursor,
            _parameter("limit", {"type": "integer", "minimum": 1, "maximum": parse.LARGEST}, SIZE),
            _parameter("ordering", {"type": "string", "enum": list(view.orderings)}),
            _parameter("fields", {"type": "string"}, "comma-separated; the id always comes along"),
        ]


SIZE = f"{USUAL} if absent; never more than {MOST}"


def _parameter(name: str, schema: dict[str, Any], description: str = "") -> dict[str, Any]:
    return {
        "name": name, "in": "query", "required": False, "schema": schema, "description": description,
    }  # fmt: skip
