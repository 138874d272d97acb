from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """Cursor pages in the order the rows were made; UUIDv7 keys carry it."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering = "id"
