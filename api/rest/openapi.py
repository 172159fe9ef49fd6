"""What ``/openapi.json`` says beside what FastAPI knows by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from api.rest.problems import MEDIA_TYPE


def exact_openapi(app: FastAPI) -> dict[str, Any]:
    """The description of an application: shapes by their plain names, failures with their media type, all in Chinese."""
    made = _plainly_named(FastAPI.openapi(app))
    for operation in _operations(made):
        for parameter in operation.get("parameters", ()):
            _never_null(parameter)
        for status, response in operation["responses"].items():
            if status < "400":
                response["description"] = "成功"
                response["content"]["application/json"]["schema"].pop("title", None)
            else:
                response["content"] = {MEDIA_TYPE: response["content"].pop("application/json")}
    return made


def _plainly_named(schema: dict[str, Any]) -> dict[str, Any]:
    """``Item`` for ``ItemShape``, in components and in references to them."""
    components = schema["components"]["schemas"]
    schema["components"]["schemas"] = {name.removesuffix("Shape"): c for name, c in components.items()}
    text = json.dumps(schema, ensure_ascii=False)
    named: dict[str, Any] = json.loads(re.sub(r'("#/components/schemas/\w+?)Shape"', r'\1"', text))
    return named


def _operations(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in schema["paths"].values():
        yield from operations.values()


def _never_null(parameter: dict[str, Any]) -> None:
    """A parameter of an address is given or not; it cannot be null."""
    given = [kind for kind in parameter["schema"].pop("anyOf", ()) if kind != {"type": "null"}]
    for kind in given:
        parameter["schema"] |= kind
    if "description" in parameter["schema"]:
        parameter["description"] = parameter["schema"]["description"]
