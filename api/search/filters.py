"""Constraints filter: what a caller or a question asks for, a step fits or does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from api.questions.understanding import Understood
from api.search.catalogue import Catalogue
from kg.model import Mention

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

    def fits(self, mention: Mention, catalogue: Catalogue) -> bool:
        """Whether the step that a mention stands in fits, or its item where it stands in none."""
        if not self.constrained:
            return True
        document = mention.source.document
        if mention.item is None:
            return False
        if mention.step is not None:
            return bool(self.steps[catalogue.step_places[document, mention.step]])
        # What the content of an item names belongs to all its months.
        return bool(self.items[catalogue.item_places[document, mention.item]])


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
                mask[catalogue.units.get(section, [])] = True
            yield mask
    if understood.items:
        yield np.array([item.no in understood.items for item in catalogue.items], dtype=bool)
    if filters.document is not None:
        yield np.array([item.document == filters.document for item in catalogue.items], dtype=bool)
