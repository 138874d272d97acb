"""What the mappers share: references, names, addresses, ways to reach somebody."""

from collections.abc import Mapping, Sequence
from typing import Any

from fhir.reading import Entry
from fhir.values import Unmappable, dicts, inner, name_part, ref, strings, text


def refs(entry: Entry, **asked: tuple[Any, Sequence[str]]) -> dict[str, Any]:
    found = {}
    for name, (value, kinds) in asked.items():
        named = ref(entry, value, kinds, name.replace("_", " ")) if value else None
        if named is not None and named.key == entry.key and not named.system:
            raise Unmappable("The resource is part of itself: a circle of references.")
        if named is not None:
            found[name] = named
    return found


def required(value: Any, what: str, longest: int) -> str:
    found = name_part(value, what, longest)
    if not found:
        raise Unmappable(f"There is no {what}.")
    return found


def status(value: Any, known: Sequence[str]) -> str:
    if value not in known:
        raise Unmappable(f"The status “{text(value, 40)}” is not one of FHIR R4.")
    return str(value)


def name(it: Mapping[str, Any]) -> dict[str, str]:
    """The name one goes by now: official before usual before any; a nickname is what one is called."""
    names = [each for each in dicts(it.get("name")) if not inner(each, "period", "end")]
    ranks = {"official": 0, "usual": 1, None: 2, "temp": 3, "anonymous": 4}
    real = [each for each in names if each.get("use") in ranks]
    best = min(real, key=lambda each: ranks[each.get("use")], default={})
    given = strings(best.get("given"))
    nick = next((each for each in names if each.get("use") == "nickname"), {})
    called = next(iter(strings(nick.get("given"))), "") or nick.get("text")
    family = name_part(best.get("family"), "family name")
    return {
        "family_name": family or ("" if given else name_part(best.get("text"), "name")),
        "given_name": name_part(given[0] if given else "", "given name"),
        "middle_name": name_part(" ".join(given[1:]), "middle name"),
        "suffix": text(" ".join(strings(best.get("suffix"))), 20),
        "preferred_name": text(called, 100),
    }


def address(it: Mapping[str, Any]) -> dict[str, Any]:
    country = text(it.get("country"), 60).upper()
    return {
        "line": text(", ".join(strings(it.get("line"))), 200),
        "city": text(it.get("city"), 100),
        "state": text(it.get("state"), 40),
        "postal_code": text(it.get("postalCode"), 20),
        "country": country if len(country) == 2 else "US",
    }


def one_line(it: Mapping[str, Any]) -> str:
    parts = address(it)
    where = " ".join(part for part in (parts["state"], parts["postal_code"]) if part)
    return ", ".join(part for part in (parts["line"], parts["city"], where) if part)[:300]


def reach(it: Mapping[str, Any], system: str, longest: int) -> str:
    ways = (each for each in dicts(it.get("telecom")) if each.get("system") == system)
    return next((text(each.get("value"), longest) for each in ways), "")


def phone(it: Mapping[str, Any], longest: int) -> str:
    return reach(it, "phone", longest)
