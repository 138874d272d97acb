"""What an answer did beside answering: statements, rows written, words that should not be there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from pypdf import PdfReader

WRITES = re.compile(r"^\s*(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+\"?(\w+)", re.IGNORECASE)
# What may be written although nothing may happen: the trail of the denial, and the session itself.
TOKEN_USED = 'UPDATE "access_apitoken" SET "last_used_at"'
ASIDE = ("kernel_auditevent", "django_session")


@dataclass
class Watched:
    """The statements of one answer."""

    statements: list[str] = field(default_factory=list)

    @property
    def written(self) -> list[str]:
        """The tables that were written to, the trail aside."""
        found = (WRITES.match(each) for each in self.statements)
        return sorted({each.group(1) for each in found if each} - set(ASIDE))

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # The cache forgets a session when it likes, a token's last use is noted once a minute: both are about
        # who asks, not about what.
        about_who = '"django_session"' in sql or sql.startswith(TOKEN_USED)
        if not (about_who or sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))):
            self.statements.append(sql)
        return execute(sql, params, many, context)


@contextmanager
def undone() -> Iterator[Watched]:
    """Whatever happens in it has not happened after it."""
    block = transaction.atomic()
    block._from_testcase = True  # durable acts may begin inside, as they may inside a test
    watched = Watched()
    with block, connection.execute_wrapper(watched):
        yield watched
        transaction.set_rollback(True)


def text_of(answer: HttpResponse) -> str:
    """Everything that left the house with an answer: status line, headers, cookies, body; of a PDF its words."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = [*(f"{name}: {value}" for name, value in answer.items()), answer.cookies.output()]
    if body and answer.headers.get("Content-Type", "").startswith("application/pdf"):
        return "\n".join([*said, pdf_words(body)]).lower()
    return "\n".join([*said, body.decode(errors="replace")]).lower()


def pdf_words(body: bytes) -> str:
    reader = PdfReader(BytesIO(body))
    told = [page.extract_text() for page in reader.pages]
    return "\n".join([*told, str(reader.metadata)])


def size_of(answer: HttpResponse) -> int:
    return -1 if answer.streaming else len(answer.content)


def contents() -> dict[str, str]:
    """A fingerprint of every table but those that grow by being looked at."""
    with connection.cursor() as cursor:
        tables = [
            each
            for each in connection.introspection.table_names(cursor)
            if each not in ASIDE and not each.startswith("kernel_auditseal")
        ]
        found = {}
        for table in tables:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{table}\" t"
            )
            found[table] = cursor.fetchone()[0]
    return found
