"""How surely a step or an item belongs to the set that a question asks for.

``stated``, ``alias`` and ``inferred`` as in a trace; ``possible`` where only its meaning is near. A question
that names no entity asks for its own words: what says them all is ``stated``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from api.indexing.passages import STEP, WHOLE_ITEM
from api.indexing.tokens import Words
from api.questions.understanding import Understood
from api.search.catalogue import POSSIBLE, Catalogue
from api.search.filters import Mask
from embeddings.lexical import LexicalIndex
from kg.analysis import CERTAINTIES, Certainty
from kg.analysis.adjacency import Codes
from kg.model import parse_id

Membership = Certainty | Literal["possible"]
_COMMON = 0.5
"""An entity that more than this share of the items speaks of narrows nothing beside another."""


@dataclass(frozen=True)
class Memberships:
    """A code for every step and every item; see :func:`name_of`."""

    steps: Codes
    items: Codes


def name_of(code: int) -> Membership:
    """The name of a code."""
    return CERTAINTIES[code] if code < POSSIBLE else "possible"


def memberships(
    catalogue: Catalogue, lexical: Mapping[str, LexicalIndex], words: Words, understood: Understood
) -> Memberships:
    """Of every step and item, how surely it is one of what is asked for; ``lexical`` by view."""
    steps = np.full(len(catalogue.steps), POSSIBLE, dtype=np.int8)
    items = np.full(len(catalogue.items), POSSIBLE, dtype=np.int8)
    entities = distinguishing(catalogue, understood.entities)
    for entity in entities:
        touched = catalogue.involvement(entity)
        steps[touched.steps.places] = np.minimum(steps[touched.steps.places], touched.steps.codes)
        items[touched.items.places] = np.minimum(items[touched.items.places], touched.items.codes)
    _narrow(catalogue, entities, steps, items)
    asked = words.cut(understood.text)
    if not entities and asked:
        steps[words.holding(lexical[STEP], asked)] = 0
        items[catalogue.item_of[steps == 0]] = 0
        pairs = [pair for word in asked for pair in words.bigrams(word)]
        items[catalogue.saying(lexical[WHOLE_ITEM].holding(pairs), asked)] = 0
    elif not entities and understood.constrains:
        # Nothing is left but constraints: all that fits them is asked for.
        steps[:], items[:] = 0, 0
    return Memberships(steps, items)


def _narrow(catalogue: Catalogue, entities: Sequence[str], steps: Codes, items: Codes) -> None:
    """新松的机器人 asks for what is of both, where there is any; 海尔和海信 for what is of either."""
    of_type: dict[str, Mask] = {}
    for entity in entities:
        mask = of_type.setdefault(parse_id(entity).kind, np.zeros(len(items), dtype=bool))
        mask[catalogue.involvement(entity).items.places] = True
    of_all: Mask = np.logical_and.reduce(list(of_type.values()))
    if len(of_type) > 1 and of_all.any():
        items[~of_all] = POSSIBLE
        steps[~of_all[catalogue.item_of]] = POSSIBLE


def distinguishing(catalogue: Catalogue, entities: Sequence[str]) -> tuple[str, ...]:
    """The entities that a question is about: not the place that the whole plan is about, beside another."""
    many = _COMMON * len(catalogue.items)
    rare = tuple(entity for entity in entities if len(catalogue.involvement(entity).items.places) <= many)
    return rare or tuple(entities)
