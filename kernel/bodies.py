"""JSON that comes from outside: read only if it can be stored, compared and said again without harm."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import IO, Any

from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser

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
