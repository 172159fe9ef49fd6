"""Constraints filter: what a caller or a question asks for, a step fits or does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from api.questions.understanding import Understood
from api.search.catalogue import Catalogue
from kg.analysis import Network
from kg.analysis.adjacency import Places

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Filters:
    """What a caller constrains beside the question."""

    document: str | None = None
    section: str | None = None
    month: int | None = None


@dataclass(frozen=True)
class Fitting:
    """Which steps and items satisfy every constraint, by place; ``constrained`` says whether any was made."""

    steps: Mask
    items: Mask
    constrained: bool

    def first_of(self, mentions: Places, network: Network) -> int | None:
        """The first of some mentions whose step fits, or whose item where it stands in no step."""
        if not len(mentions):
            return None
        if not self.constrained:
            return int(mentions[0])
        items, steps = network.mention_items[mentions], network.mention_steps[mentions]
        # What the content of an item names belongs to all its months.
        fits = np.zeros(len(mentions), dtype=bool)
        fits[steps >= 0] = self.steps[steps[steps >= 0]]
        whole = (steps < 0) & (items >= 0)
        fits[whole] = self.items[items[whole]]
        return int(mentions[np.argmax(fits)]) if fits.any() else None


def fitting(catalogue: Catalogue, understood: Understood, filters: Filters) -> Fitting:
    """The steps and items of the sections, numbers, document and months that are asked for.

    Several sections, or several months, are alternatives; everything else must hold together.
    """
    items = np.ones(len(catalogue.items), dtype=bool)
    for wanted in _item_masks(catalogue, understood, filters):
        items &= wanted
    steps = items[catalogue.item_of]
    for months in (understood.months, (filters.month,) if filters.month else ()):
        if months:
            steps &= (catalogue.months & np.int16(sum(1 << month for month in months))) > 0
    if understood.months or filters.month:
        # Months constrain steps: an item without a step that fits does not fit either.
        dated = np.zeros(len(items), dtype=bool)
        dated[catalogue.item_of[steps]] = True
        items &= dated
    constrained = filters != Filters() or understood.constrains
    return Fitting(steps, items, constrained)


def _item_masks(catalogue: Catalogue, understood: Understood, filters: Filters) -> Iterator[Mask]:
    for sections in (understood.sections, (filters.section,) if filters.section else ()):
        if sections:
            mask = np.zeros(len(catalogue.items), dtype=bool)
            for section in sections:
                mask[catalogue.unit(section)] = True
            yield mask
    if understood.items:
        mask = np.zeros(len(catalogue.items), dtype=bool)
        mask[catalogue.numbered(understood.items)] = True
        yield mask
    if filters.document is not None:
        yield catalogue.of_document(filters.document)
