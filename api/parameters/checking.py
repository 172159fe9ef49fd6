"""Calls whose arguments are checked by their types: what makes no sense is refused in one sentence."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from api.errors import BadRequest
from api.parameters.sentences import sentence_of

P = ParamSpec("P")
R = TypeVar("R")


def refused(error: ValidationError) -> BadRequest:
    """What a user is told of values that do not validate."""
    return BadRequest(sentence_of(error.errors()))


def checked(method: Callable[P, R]) -> Callable[P, R]:
    """A method that raises :class:`BadRequest` for arguments that are not of the types of its parameters.

    The first parameter is the object itself. Only the arguments are checked: what is wrong inside is no bad request.
    """
    signature = inspect.signature(method)
    itself = next(iter(signature.parameters))

    @cache
    def arguments() -> type[BaseModel]:
        given = {name: hint for name, hint in method.__annotations__.items() if name != "return"}
        holder = type("Parameters", (), {"__annotations__": given, "__module__": method.__module__})
        hints = get_type_hints(holder, include_extras=True)
        fields: dict[str, Any] = {
            name: (hints[name], ... if parameter.default is parameter.empty else parameter.default)
            for name, parameter in signature.parameters.items()
            if name != itself
        }
        return create_model(method.__name__, __config__=ConfigDict(arbitrary_types_allowed=True), **fields)

    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        given = signature.bind(*args, **kwargs).arguments
        owner = given.pop(itself)
        try:
            values = arguments()(**given)
        except ValidationError as error:
            raise refused(error) from None
        read: Callable[..., R] = method
        return read(owner, **{name: getattr(values, name) for name in type(values).model_fields})

    return call
