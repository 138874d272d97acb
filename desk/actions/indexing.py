"""By which words a paper is found: one statement, whenever its name, tags or pages change."""

from django.db import connection

from desk.models import Document
from kernel.text import search_key

# Names weigh more than pages. `simple` finds what was typed, letter by letter; `english` also its other forms.
INDEX = """
INSERT INTO desk_documentwords (document_id, vector) VALUES (%(document)s,
  setweight(to_tsvector('simple', %(names)s), 'A') || setweight(to_tsvector('english', %(names)s), 'B')
  || setweight(to_tsvector('simple', %(plain)s), 'C') || setweight(to_tsvector('english', %(pages)s), 'D'))
ON CONFLICT (document_id) DO UPDATE SET vector = excluded.vector
"""
LONGEST = 200_000  # letters of the pages; a vector has a megabyte at most


def index(document: Document) -> None:
    """Of the version people get; one that waits for the scanner is found by its names only."""
    version = document.versions.filter(is_current=True).only("text", "original_name").first()
    called = version.original_name if version else ""
    names = " ".join([document.title, *document.tags, called])
    pages = (version.text if version else "")[:LONGEST]
    with connection.cursor() as cursor:
        cursor.execute(
            INDEX,
            {
                "document": document.pk,
                "names": f"{names} {search_key(names)}",
                "plain": search_key(pages),
                "pages": pages,
            },
        )
