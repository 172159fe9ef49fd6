"""Every item and step of a build by its place in the indexes, and who speaks of what there.

A *place* is a position: step 17 of the catalogue is row 17 of the step indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from api.indexing.passages import BETWEEN
from kg.analysis import CERTAINTIES, Involvement, Network, involvement
from kg.analysis.adjacency import Mask, Places
from kg.analysis.strings import Strings
from kg.model import Item, Step, document_id, item_id, parse_id, step_id

POSSIBLE = len(CERTAINTIES)
"""The code of what only its meaning puts into a set; the codes before it are places in ``CERTAINTIES``."""
_KEPT = 512
"""Entities whose places are kept once found."""


@dataclass(frozen=True)
class Catalogue:
    """The records of a build by place, and what is known of them without reading them."""

    network: Network
    own_texts: Strings
    """What every item says outside its steps; see :func:`api.indexing.passages.own_texts`."""

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

    def item_place(self, document: str, no: int) -> int:
        """The place of an item. Raises :class:`KeyError`."""
        return self.network.place[item_id(document, no)]

    def step_place(self, document: str, key: str) -> int:
        """The place of a step, counted from the first step. Raises :class:`KeyError`."""
        return self.network.place[step_id(document, key)] - self.network.first_step

    def saying(self, places: Places, words: Sequence[str]) -> Places:
        """Which of some items say all of some folded words in one of their own texts."""
        wanted = [word.encode() for word in words]
        between = BETWEEN.encode()
        says = [
            any(all(word in text for word in wanted) for text in self.own_texts.encoded(place).split(between))
            for place in places.tolist()
        ]
        kept: Places = places[np.array(says, dtype=bool)]
        return kept

    def unit(self, name: str) -> Places:
        """The items that a unit answers for."""
        place = self.network.units.get(name)
        if place is None:
            return np.empty(0, dtype=np.int32)
        return self.network.items_of_units.at(np.array([place], dtype=np.int32))[1]

    @property
    def unit_names(self) -> tuple[str, ...]:
        """Every unit that answers for an item, in order."""
        return tuple(self.network.units)

    def of_document(self, document: str) -> Mask:
        """Which items are of a document."""
        network = self.network
        mask = np.zeros(len(self.items), dtype=bool)
        place = network.place.get(document_id(document))
        if place is not None:
            at = place - network.first_other
            mask[network.starts[at, 0] : network.starts[at + 1, 0]] = True
        return mask

    def numbered(self, numbers: Iterable[int]) -> Places:
        """The items of some numbers, in every document."""
        documents = network_documents(self.network)
        found = (self.network.place.get(item_id(d, no)) for no in numbers for d in documents)
        return np.array(sorted(place for place in found if place is not None), dtype=np.int32)

    @cached_property
    def types(self) -> Mapping[str, tuple[Places, Places]]:
        """Steps and items that speak of an entity of a type, or set a target."""
        network = self.network
        of_mentions = network.type_codes[network.mentions.nodes]
        found = {}
        for code, type_ in enumerate(network.type_names):
            mentions = network.mentions.facts[of_mentions == code]
            if len(mentions):
                items, steps = network.mention_items[mentions], network.mention_steps[mentions]
                found[type_] = _there(steps[items >= 0]), _there(items)
        facts = network.adjacency(("has_target",), against=False).facts
        heads = network.heads[facts]
        if len(network.targets):
            steps = heads[network.is_step(heads)] - network.first_step
            found["Target"] = _there(steps), _there(network.item_of_target)
        return found

    def involvement(self, entity: str) -> Involvement:
        """Where an entity is spoken of, by itself or through what belongs to it."""
        return self._involvement(entity)

    @cached_property
    def _involvement(self) -> Callable[[str], Involvement]:
        return lru_cache(_KEPT)(self._touch)

    def _touch(self, entity: str) -> Involvement:
        # A question about a project asks for it, not for all else that its owner does.
        return involvement(self.network.place[entity], self.network, owners=False)


def network_documents(network: Network) -> Sequence[str]:
    """The ids of all documents, in order."""
    first = network.first_other
    return [parse_id(network.ids[first + at]).name for at in range(len(network.starts) - 1)]


def _there(places: Places) -> Places:
    """Places, each once and in order, without the -1 that stands for none."""
    return np.unique(places[places >= 0]).astype(np.int32)
