"""What a model was trained to read before a text, by the side that the text is on."""

from collections.abc import Mapping, Sequence
from typing import Final

_QUERY: Final = ("query",)
_PASSAGE: Final = ("passage", "document")


def query_prompt(prompts: Mapping[str, str]) -> str:
    """The prompt of a question among those of a model by their names; empty where it has none."""
    return _first(prompts, _QUERY)


def passage_prompt(prompts: Mapping[str, str]) -> str:
    """The prompt of a text that is searched; empty where there is none."""
    return _first(prompts, _PASSAGE)


def _first(prompts: Mapping[str, str], names: Sequence[str]) -> str:
    # sentence-transformers itself gives every model an empty "query" and "document".
    return next((prompt for name in names if (prompt := prompts.get(name))), "")
