"""What all shapes share: frozen, exact, readable by attribute and by the key of the JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, KeysView, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from kg.model import EntityType

NodeType = EntityType | Literal["Item", "Step", "Target", "Document", "Month"]
Certainty = Literal["stated", "alias", "inferred"]
Membership = Literal["stated", "alias", "inferred", "possible"]
Level = Literal["step", "item", "entity"]
Cell = str | int | float


def absent(value: object) -> bool:
    """Whether a field that does not apply is left out of the JSON, for ``Field(exclude_if=absent)``."""
    return value is None


def described(description: str, *examples: Mapping[str, Any]) -> ConfigDict:
    """The configuration of a shape: what OpenAPI says of it in Chinese, and at least one example of it."""
    return ConfigDict(json_schema_extra={"description": description, "examples": [dict(e) for e in examples]})


class Shape(BaseModel):
    """A JSON object that the outside relies on.

    A field is read as an attribute or by the key of the JSON (``answer["hits"]``); a trailing underscore of an
    attribute (``from_``) is none of the key. A field that does not apply is neither in the JSON nor a key.
    """

    model_config = ConfigDict(
        frozen=True,
        # A command uses few shapes; what it does not use is not compiled.
        defer_build=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        alias_generator=lambda name: name.rstrip("_"),
        model_title_generator=lambda shape: shape.__name__.removesuffix("Shape"),
        field_title_generator=lambda name, _: name.rstrip("_"),
    )

    def __getitem__(self, key: str) -> Any:
        """The value of a key of the JSON. Raises :class:`KeyError`."""
        value = getattr(self, _names(type(self))[key])
        if value is None and key not in self:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        return key in set(self._shown())

    def keys(self) -> KeysView[str]:
        """The keys of the JSON, in its order."""
        return dict.fromkeys(self._shown()).keys()

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key of the JSON, ``default`` where there is no such key."""
        try:
            return self[key]
        except KeyError:
            return default

    def plain(self) -> dict[str, Any]:
        """The JSON object as Python has it: dictionaries, lists, texts and numbers."""
        return self.model_dump(mode="json")

    def to_json(self) -> str:
        """The JSON object in one line, Chinese as it is; what ``--json`` prints."""
        return json.dumps(self.plain(), ensure_ascii=False)

    def _shown(self) -> Iterator[str]:
        for key, name in _names(type(self)).items():
            leaves_out = type(self).model_fields[name].exclude_if
            if leaves_out is None or not leaves_out(getattr(self, name)):
                yield key

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """A field that is left out where it does not apply is never null where it is given."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for key, name in _names(cls).items():
            if cls.model_fields[name].exclude_if is not None:
                _without_null(properties[key])
        return schema


@cache
def _names(shape: type[Shape]) -> Mapping[str, str]:
    """The attribute behind each key of the JSON."""
    return {field.alias or name: name for name, field in shape.model_fields.items()}


def _without_null(field: dict[str, Any]) -> None:
    given = [kind for kind in field.pop("anyOf") if kind != {"type": "null"}]
    field.pop("default")
    field |= given[0] if len(given) == 1 else {"anyOf": given}
