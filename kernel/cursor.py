from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from kernel.refusals import Invalid


class CursorPages(CursorPagination):
    """Cursor pages, as the rows were made (UUIDv7 keys carry it) or as `?ordering=` of the view's list says."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering = "id"

    def get_ordering(self, request: Request, queryset: QuerySet, view: Any) -> tuple[str, ...]:
        asked = request.query_params.get("ordering", "id")
        if asked not in view.orderings:
            raise Invalid(f"Order by one of: {', '.join(view.orderings)}.", field="ordering")
        ordering: tuple[str, ...] = view.orderings[asked]
        return ordering

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            *super().get_schema_operation_parameters(view),
            _parameter("ordering", {"type": "string", "enum": list(view.orderings)}),
            _parameter("fields", {"type": "string"}, "comma-separated; the id always comes along"),
        ]


def _parameter(name: str, schema: dict[str, Any], description: str = "") -> dict[str, Any]:
    return {
        "name": name, "in": "query", "required": False, "schema": schema, "description": description,
    }  # fmt: skip
