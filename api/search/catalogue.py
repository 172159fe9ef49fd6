"""Every item and step of a build by its place in the indexes, and who speaks of what there.

A *place* is a position: step 17 of the catalogue is row 17 of the step indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from api.indexing.tokens import simplified
from kg.analysis import CERTAINTIES, Involvement, Network, involvement
from kg.analysis.adjacency import Places
from kg.model import Item, Mention, Step

POSSIBLE = len(CERTAINTIES)
"""The code of what only its meaning puts into a set; the codes before it are places in ``CERTAINTIES``."""
_KEPT = 512
"""Entities whose places are kept once found."""


@dataclass(frozen=True)
class Catalogue:
    """The records of a build by place; ``mentions`` by entity."""

    network: Network
    mentions: Mapping[str, Sequence[Mention]]

    @property
    def items(self) -> Sequence[Item]:
        return self.network.items

    @property
    def steps(self) -> Sequence[Step]:
        return self.network.steps

    @property
    def item_of(self) -> Places:
        """The item of every step."""
        return self.network.item_of

    @property
    def months(self) -> npt.NDArray[np.int16]:
        """The months of every step: bit n for month n."""
        return self.network.months

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
    def own_texts(self) -> tuple[tuple[str, ...], ...]:
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

    def involvement(self, entity: str) -> Involvement:
        """Where an entity is spoken of, by itself or through what belongs to it."""
        return self._involvement(entity)

    @cached_property
    def _involvement(self) -> Callable[[str], Involvement]:
        return lru_cache(_KEPT)(self._touch)

    def _touch(self, entity: str) -> Involvement:
        # A question about a project asks for it, not for all else that its owner does.
        return involvement(self.network.place[entity], self.network, owners=False)

    def belonging(self, entity: str) -> tuple[str, ...]:
        """What belongs to an entity, itself first."""
        return tuple(self.network.ids[place] for place in self.involvement(entity).reached.nodes.tolist())


def _places(found: Iterable[int]) -> Places:
    return np.array(sorted(found), dtype=np.int32)
