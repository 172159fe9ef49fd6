"""Records of arrays, and the flat mapping of named arrays that they are written as."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, get_type_hints

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
T = TypeVar("T")


def named_arrays(record: object, prefix: str = "") -> dict[str, Array]:
    """Every array of a dataclass whose fields are arrays or such dataclasses, as ``outer.inner``."""
    found: dict[str, Array] = {}
    for name in _kinds(type(record)):
        value = getattr(record, name)
        if isinstance(value, np.ndarray):
            found[prefix + name] = value
        else:
            found |= named_arrays(value, f"{prefix}{name}.")
    return found


def of_arrays(kind: type[T], get: Callable[[str], Array], prefix: str = "") -> T:
    """The dataclass whose arrays ``get`` gives by the names of :func:`named_arrays`."""
    values = {
        name: of_arrays(part, get, f"{prefix}{name}.") if part else get(prefix + name)
        for name, part in _kinds(kind).items()
    }
    return kind(**values)


def _kinds(kind: type) -> Mapping[str, type | None]:
    """By field the dataclass that it holds, ``None`` for an array."""
    return _fields(kind)


@cache
def _fields(kind: Hashable) -> Mapping[str, type | None]:
    assert isinstance(kind, type)
    hints = get_type_hints(kind)
    own = [field.name for field in fields(kind) if field.init and not field.name.startswith("_")]
    return {name: hints[name] if is_dataclass(hints[name]) else None for name in own}
