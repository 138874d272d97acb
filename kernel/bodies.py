"""JSON that comes from outside: read only if it can be stored, compared and said again without harm."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import IO, Any

from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.serializers import (
    BooleanField,
    CharField,
    IntegerField,
    ListSerializer,
    Serializer,
    UUIDField,
)

DEEPEST = 32  # lists and objects inside each other; ours need four
SENTENCES = {
    "deep": f"The JSON is nested too deeply: at most {DEEPEST} levels.",
    "number": "A number in the JSON is too large to be one.",
    "text": "A text in the JSON holds a character that cannot be stored (NUL or half a surrogate pair).",
}


class HouseJSON(JSONParser):
    """DRF's parser, which also takes 1e309, half characters and ten thousand brackets."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(SENTENCES["deep"]) from None
        look_over(data)
        return data


def look_over(data: Any) -> None:
    """
    :raises ValidationError: names the field
    :raises ParseError: there is no field to name
    """
    named = (
        {name: value for name, value in data.items() if storable(name)}
        if isinstance(data, dict)
        else {}
    )
    for name, value in named.items():
        for fault in faults(value):
            raise ValidationError({name: [SENTENCES[fault]]})
    for fault in faults(data):
        raise ParseError(SENTENCES[fault])


def faults(data: Any) -> Iterator[str]:
    """What is wrong with parsed JSON; without recursion, or the check itself would fall over."""
    level, depth = [data], 0
    while level:
        depth += 1
        if depth > DEEPEST + 1:
            yield "deep"
            return
        inner: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                inner.extend(each)
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
            elif isinstance(each, str) and not storable(each):
                yield "text"
            elif isinstance(each, float) and not isfinite(each):
                yield "number"
        level = inner


def storable(text: str) -> bool:
    """Postgres takes neither NUL nor halves of surrogate pairs."""
    if "\x00" in text:
        return False
    if text.isascii():
        return True
    return not any("\ud800" <= each <= "\udfff" for each in text)


# DRF takes 0 for "0", "yes" for true and a number for an id; the schema does not, and a mistake would be kept.
KINDS: tuple[tuple[type, type, str], ...] = (
    (BooleanField, bool, "True or false is wanted here."),
    (IntegerField, int, "A whole number is wanted here."),
    (CharField, str, "A text is wanted here."),
    (UUIDField, str, "An id is wanted here, as text."),
)


def wrong_types(serializer: Any, data: Any) -> dict[str, Any]:
    """Fields of a body, already valid by their values, whose JSON type is another than the schema's."""
    wrong: dict[str, Any] = {}
    for name, field in serializer.fields.items():
        value = data.get(name)
        if value is None:
            continue
        inner: list[Any]
        if isinstance(field, ListSerializer):
            inner = [found for each in value if (found := wrong_types(field.child, each))]
        elif isinstance(field, Serializer):
            inner = [found] if (found := wrong_types(field, value)) else []
        else:
            inner = _wrong_kind(field, value)
        if inner:
            wrong[name] = inner
    return wrong


def _wrong_kind(field: Any, value: Any) -> list[str]:
    for kind, wanted, sentence in KINDS:
        if isinstance(field, kind):
            right = isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))
            return [] if right else [sentence]
    return []
