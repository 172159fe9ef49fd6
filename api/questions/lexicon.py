"""The words by which people ask, as data that comes with the knowledge of a build.

``question.toml`` has stop words, kinds of things, periods and the weights of signals, ``ask.toml`` the intents with
their patterns, ``answerable.toml`` the learned model of whether there is an answer. A user's files of these names
add to ours, as those of :mod:`kg.knowledge` do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from api.workspace.knowledge import shipped
from kg.knowledge import Knowledge


@dataclass(frozen=True)
class Lexicon:
    """The tables of the three files, as read."""

    question: Mapping[str, Any]
    ask: Mapping[str, Any]
    answerable: Mapping[str, Any]

    @staticmethod
    def of(knowledge: Knowledge) -> Lexicon:
        """From the folders of some knowledge. Raises :class:`kg.errors.KnowledgeFileError`."""
        return Lexicon(*(knowledge.table(f"{name}.toml") for name in ("question", "ask", "answerable")))


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that comes with the program."""
    return Lexicon.of(shipped())
