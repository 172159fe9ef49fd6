"""What a search gives back: passages with their scores, their certainty and what to highlight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from api.indexing.folding import simplified
from api.questions.understanding import Understood
from api.search.certainty import Membership
from kg.model import Span

Level = Literal["step", "item", "entity"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage that answers; ``highlights`` are offsets into ``text``.

    ``certainty`` says whether it is surely one of what is asked for, or only near in meaning.
    """

    key: str
    level: Level
    document: str
    item: int | None
    text: str
    score: float
    parts: Mapping[str, float]
    highlights: tuple[tuple[int, int], ...]
    source: Span
    certainty: Membership


@dataclass(frozen=True)
class SearchAnswer:
    """``hits`` are empty and ``answered`` is false where the documents hold no answer.

    ``nearest`` are then the passages that come near without satisfying every constraint. ``found`` counts
    what fits by certainty, however many of them are among the hits.
    """

    query: str
    understood: Understood
    answered: bool
    hits: tuple[Hit, ...]
    note: str = ""
    nearest: tuple[Hit, ...] = ()
    found: Mapping[Membership, int] = field(default_factory=dict)


def highlights(text: str, words: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where words of the question stand in a text: ascending bounds that neither touch nor overlap."""
    folded = simplified(text)
    spans = {(at, at + len(word)) for word in words if len(word) > 1 for at in _occurrences(folded, word)}
    return tuple(_joined(sorted(spans)))


def _occurrences(text: str, word: str) -> Iterable[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
