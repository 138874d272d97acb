"""Words with fields: `Hello {first_name}`. Nothing but names of fields; no code, no attributes."""

import re
from collections.abc import Iterable, Mapping

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from communications.kinds import MessageKind, Words
from communications.models import TemplateVersion, Way
from kernel.refusals import Invalid

FIELD = re.compile(r"\{([^{}]*)\}")
ONE_TEXT = 160  # characters of the GSM alphabet in one text message; 70 with any other letter
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("^{}\\[~]|€")  # these count two


def fill(words: str, fields: Mapping[str, str]) -> str:
    """The text; a field without a value leaves nothing behind."""
    return FIELD.sub(lambda found: fields.get(found.group(1).strip(), ""), words).strip()


def check(words: Words, kind: MessageKind, way: str) -> None:
    """
    :raises Invalid: empty, a field this kind does not have, or a brace that closes nothing
    """
    if not words.text.strip():
        raise Invalid("Write what the message says.", field="text")
    if way == Way.EMAIL and not words.subject_line.strip():
        raise Invalid("An e-mail needs a subject.", field="subject_line")
    for name, each in (("subject_line", words.subject_line), ("text", words.text)):
        unknown = [found for found in FIELD.findall(each) if found.strip() not in kind.fields]
        if unknown:
            known = ", ".join(f"{{{field}}}" for field in kind.fields)
            raise Invalid(
                f"There is no field {{{unknown[0]}}} here. There are: {known}.", field=name
            )
        if "{" in FIELD.sub("", each) or "}" in FIELD.sub("", each):
            raise Invalid("A brace { or } stands alone. Fields look like {first_name}.", field=name)


def texts_needed(text: str) -> tuple[int, int]:
    """How many characters it counts, and how many text messages it takes (GSM 03.38; 153 or 67 in a chain)."""
    if set(text) <= GSM | TWICE:
        length, one, chained = sum(2 if letter in TWICE else 1 for letter in text), 160, 153
    else:
        length, one, chained = len(text.encode("utf-16-le")) // 2, 70, 67
    return length, 1 if length <= one else -(-length // chained)


Newest = Mapping[tuple[str, str, str], TemplateVersion]


def newest(kinds: Iterable[str]) -> Newest:
    """The words in use of these kinds, by kind, way and language; one query."""
    last = Window(RowNumber(), partition_by="template_id", order_by=F("number").desc())
    rows = (
        TemplateVersion.objects.filter(template__kind__in=set(kinds))
        .annotate(place=last)
        .filter(place=1)
        .select_related("template")
    )
    return {(row.template.kind, row.template.way, row.template.language): row for row in rows}


def words_for(
    kind: MessageKind, way: str, language: str, newest_of: Newest
) -> tuple[Words, TemplateVersion | None] | None:
    """In the person's language, or else in English; the office's own words before the shipped ones."""
    for wanted in dict.fromkeys([language, language.partition("-")[0], "en"]):
        if own := newest_of.get((kind.name, way, wanted)):
            return Words(own.text, own.subject_line), own
        if shipped := kind.shipped.get((way, wanted)):
            return shipped, None
    return None
