"""Every item and step of a build by its place in the indexes, and who speaks of what there.

A *place* is a position: step 17 of the catalogue is row 17 of the step indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from api.words import simplified
from kg.analysis import Certainty, certainty_of
from kg.model import Item, Mention, Plan, Step

Places = npt.NDArray[np.int32]
CERTAINTIES: tuple[Certainty, ...] = ("stated", "alias", "inferred")
"""In the order of trust; a code below is an index into it, and ``POSSIBLE`` comes after them all."""
POSSIBLE = len(CERTAINTIES)
Codes = npt.NDArray[np.int8]
_KEPT = 512
"""Entities whose places are kept once found."""


@dataclass(frozen=True)
class Touched:
    """The steps and items that speak of an entity: their places, and how certainly each does.

    ``titled`` are the items, among ``items``, whose very content does.
    """

    steps: Places
    step_codes: Codes
    items: Places
    item_codes: Codes
    titled: npt.NDArray[np.bool_]

    @staticmethod
    def of(steps: Mapping[int, int], items: Mapping[int, int], titled: Container[int]) -> Touched:
        """From mappings of place to code."""
        titles = np.array([place in titled for place in sorted(items)], dtype=bool)
        return Touched(_places(steps), _codes(steps), _places(items), _codes(items), titles)


@dataclass(frozen=True)
class Catalogue:
    """The records of a build as arrays. ``belonging`` names what belongs to an entity, itself included."""

    plans: Sequence[Plan]
    mentions: Mapping[str, Sequence[Mention]]
    belonging: Callable[[str], Iterable[str]]

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for plan in self.plans for item in plan.items)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for item in self.items for step in item.steps)

    @cached_property
    def item_of(self) -> Places:
        """The item of every step."""
        counts = [len(item.steps) for item in self.items]
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    @cached_property
    def months(self) -> npt.NDArray[np.int16]:
        """The months of every step: bit n for month n."""
        return np.array([_bits(step.months) for step in self.steps], dtype=np.int16)

    @cached_property
    def item_places(self) -> Mapping[tuple[str, int], int]:
        """(document, number) → place."""
        return {(item.document, item.no): place for place, item in enumerate(self.items)}

    @cached_property
    def step_places(self) -> Mapping[tuple[str, str], int]:
        """(document, key) → place."""
        owners = (self.items[place] for place in self.item_of)
        keys = zip(owners, self.steps, strict=True)
        return {(item.document, step.key): place for place, (item, step) in enumerate(keys)}

    @cached_property
    def told(self) -> tuple[tuple[str, ...], ...]:
        """What every item says outside its steps, folded."""
        return tuple(
            tuple(simplified(text) for text in (item.content, item.measures, item.criteria) if text)
            for item in self.items
        )

    @cached_property
    def units(self) -> Mapping[str, Places]:
        """The items of every responsible unit."""
        found: dict[str, list[int]] = {}
        for place, item in enumerate(self.items):
            named = {unit.name for unit in item.responsible} | (
                {item.section.name} if item.section else set()
            )
            for name in named:
                found.setdefault(name, []).append(place)
        return {name: np.array(places, dtype=np.int32) for name, places in found.items()}

    @cached_property
    def types(self) -> Mapping[str, tuple[Places, Places]]:
        """Steps and items that speak of an entity of a type, or set a target."""
        found: dict[str, tuple[set[int], set[int]]] = {}
        for mentions in self.mentions.values():
            for mention in mentions:
                self._note(found, mention.type, mention.source.document, mention.item, mention.step)
        for item in self.items:
            for target in item.targets:
                self._note(found, "Target", item.document, item.no, target.step)
        return {type_: (_places(steps), _places(items)) for type_, (steps, items) in found.items()}

    def _note(
        self,
        found: dict[str, tuple[set[int], set[int]]],
        type_: str,
        document: str,
        item: int | None,
        step: str | None,
    ) -> None:
        steps, items = found.setdefault(type_, (set(), set()))
        if item is not None:
            items.add(self.item_places[document, item])
        if step is not None:
            steps.add(self.step_places[document, step])

    def touched(self, entity: str) -> Touched:
        """Where an entity is spoken of, by itself or through what belongs to it."""
        return self._touched(entity)

    @cached_property
    def _touched(self) -> Callable[[str], Touched]:
        return lru_cache(_KEPT)(self._touch)

    def _touch(self, entity: str) -> Touched:
        steps: dict[int, int] = {}
        items: dict[int, int] = {}
        titled: set[int] = set()
        for other in self.belonging(entity):
            for mention in self.mentions.get(other, ()):
                code = CERTAINTIES.index(certainty_of(entity, [mention]))
                document = mention.source.document
                if mention.item is not None:
                    item = self.item_places[document, mention.item]
                    items[item] = min(items.get(item, POSSIBLE), code)
                    titled.update([item] if mention.where == "content" else [])
                if mention.step is not None:
                    step = self.step_places[document, mention.step]
                    steps[step] = min(steps.get(step, POSSIBLE), code)
        return Touched.of(steps, items, titled)


def _bits(months: Iterable[int]) -> int:
    return sum(1 << month for month in set(months))


def _codes(found: Mapping[int, int]) -> Codes:
    return np.array([found[place] for place in sorted(found)], dtype=np.int8)


def _places(found: Iterable[int]) -> Places:
    return np.array(sorted(found), dtype=np.int32)
