"""How questions and documents are compared: half width, lower case, simplified characters."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from kg.folding import fold

if TYPE_CHECKING:
    from opencc import OpenCC

_NAME = 32
"""Shorter texts are names as a rule, which are asked for again and again."""


class _Converter:
    """OpenCC opens its dictionaries when it is made, so it is made when first needed."""

    @cached_property
    def opencc(self) -> OpenCC:
        from opencc import OpenCC

        return OpenCC("t2s")


_converter = _Converter()


def simplified(text: str) -> str:
    """Folded to half width, lower case and simplified characters; the length is kept."""
    return _simplified_name(text) if len(text) <= _NAME else _simplified(text)


@lru_cache(maxsize=1 << 16)
def _simplified_name(text: str) -> str:
    return _simplified(text)


def _simplified(text: str) -> str:
    # Half a surrogate pair, as a broken terminal sends it, is no character.
    folded = fold(text.encode("utf-8", "replace").decode("utf-8"))
    converted: str = _converter.opencc.convert(folded)
    return converted if len(converted) == len(folded) else folded
