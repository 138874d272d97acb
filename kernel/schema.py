"""
What the API's schema says that no single view knows: refusals, partial rows, keys for repetition.

Clients are written from the schema, and schemathesis holds every answer against it.
"""

from copy import deepcopy
from typing import Any

PROBLEM = "Problem"
REFUSED = {
    "4XX": "Refused, with one sentence: nothing was written.",
    "503": "Not now: it took too long, or the database does not answer.",
}
COMPONENT = {
    "type": "object",
    "description": "RFC 9457: why it was not done.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "the sentence a person reads"},
        "code": {"type": "string", "description": "the machine's word"},
        "errors": {"type": "object", "description": "by field", "additionalProperties": {}},
    },
    "required": ["type", "title", "status", "detail", "code"],
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "done at most once; a repetition gets the first answer",
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[!-~]+$"},
}
SEARCH = "/search/"  # a question: its terms stay out of addresses, and it changes nothing
METHODS = ("get", "post", "put", "patch", "delete")


def complete(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """A post-processing hook of drf-spectacular."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas[PROBLEM] = COMPONENT
    problem = {
        "content": {"application/problem+json": {"schema": {"$ref": _ref(PROBLEM)}}},
    }
    for name, path in result["paths"].items():
        for method, operation in path.items():
            if method not in METHODS:
                continue
            for status, words in REFUSED.items():
                operation["responses"].setdefault(status, {"description": words, **problem})
            parameters = operation.setdefault("parameters", [])
            if method == "post" and not name.endswith(SEARCH):
                parameters.append(KEY)
            if any(each["name"] == "fields" for each in parameters):
                _let_rows_be_partial(operation, schemas)
    return result


def _let_rows_be_partial(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """With `?fields=` a row of a list carries its id and what was asked for."""
    page = schemas[_name(operation["responses"]["200"]["content"]["application/json"]["schema"])]
    items = page["properties"]["results"]["items"]
    whole = _name(items)
    if whole.endswith("Row"):
        return
    row = deepcopy(schemas[whole])
    row["required"] = [name for name in row.get("required", []) if name == "id"]
    schemas[f"{whole}Row"] = row
    items["$ref"] = _ref(f"{whole}Row")


def _ref(name: str) -> str:
    return f"#/components/schemas/{name}"


def _name(reference: dict[str, Any]) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]
