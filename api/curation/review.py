"""What is worth a curator's look: entities that may be one, and names that are not sure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rapidfuzz import fuzz

from api.schemas import ReviewShape
from kg.model import Entity, Mention

_LIKELY = 0.6
"""Names at least so similar (0..1) may be one thing."""
_UNSURE = 0.7
"""Names whose best mention is less sure than this deserve a look."""
_COMMON = 40
"""A pair of characters that more names share says nothing."""


def worth_a_look(
    entities: Sequence[Entity], mentions_of: Callable[[str], Iterable[Mention]]
) -> list[ReviewShape]:
    """Possible duplicates, the most similar first, then names that are not sure.

    ``mentions_of`` gives the mentions of an entity by its id.
    """
    duplicates = sorted(_duplicates(entities), key=lambda found: (-found.score, found.entities))
    return [*duplicates, *_unsure(entities, mentions_of)]


def _duplicates(entities: Sequence[Entity]) -> Iterator[ReviewShape]:
    """Pairs of entities of one type whose names share a rare pair of characters and much else."""
    for a, b in sorted(_sharing_a_rare_pair(entities)):
        one, other = entities[a], entities[b]
        score = fuzz.ratio(one.name, other.name) / 100
        if score >= _LIKELY:
            yield ReviewShape(kind="duplicate", entities=[one.id, other.id], score=round(score, 3))


def _sharing_a_rare_pair(entities: Sequence[Entity]) -> set[tuple[int, int]]:
    """The places of entities that are compared: all against all would be too many."""
    by_pair: dict[tuple[str, str], list[int]] = {}
    for place, entity in enumerate(entities):
        for pair in {entity.name[k : k + 2] for k in range(len(entity.name) - 1)}:
            by_pair.setdefault((entity.type, pair), []).append(place)
    return {
        (a, b)
        for members in by_pair.values()
        if len(members) <= _COMMON
        for k, a in enumerate(members)
        for b in members[k + 1 :]
    }


def _unsure(
    entities: Sequence[Entity], mentions_of: Callable[[str], Iterable[Mention]]
) -> Iterator[ReviewShape]:
    for entity in entities:
        best = max((mention.confidence for mention in mentions_of(entity.id)), default=1.0)
        if best < _UNSURE:
            yield ReviewShape(kind="unsure", entities=[entity.id], score=best)
