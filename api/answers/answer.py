"""What a question gets back: one paragraph, the sets it stands for, and the words that show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.questions.query import Query
from kg.model import Span


@dataclass(frozen=True, slots=True)
class Value:
    """One thing that was asked for as it is written: a target, a section, a hotline, a month."""

    text: str
    source: Span


@dataclass(frozen=True)
class Draft:
    """What an intent answers; items as (document, number), steps as (document, key), entities as ids."""

    text: str
    answered: bool = True
    items: tuple[tuple[str, int], ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    entities: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    citations: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A draft with its question, and the query that gives the same draft whenever it is run on the build."""

    question: str
    query: Query
    draft: Draft


def no_answer(text: str) -> Draft:
    """The answer that there is none, and why."""
    return Draft(text, answered=False)


def cited(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Each span once, in the order of the documents."""
    return tuple(sorted(set(spans), key=lambda span: (span.document, span.start, span.end)))
