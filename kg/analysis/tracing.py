"""Trace: all work that involves an entity, each item and step with its certainty and its path of facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kg.analysis.adjacency import Places
from kg.analysis.attestation import CERTAINTIES, THINGS, Certainty
from kg.analysis.involvement import InvolvedPlaces, Involvement, involvement
from kg.analysis.network import Hop, Network
from kg.model import Item, Span, Step, Target

MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class TracedStep:
    """A step that is involved, and the path from the entity to it."""

    step: Step
    certainty: Certainty
    path: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class TracedItem:
    """An item that is involved, the steps that are, the path from the entity to the item, and the words."""

    item: Item
    certainty: Certainty
    steps: tuple[TracedStep, ...]
    path: tuple[Hop, ...]
    mentions: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Another entity: the relation and path that join them, or the steps that name both (``together``)."""

    id: str
    why: str
    path: tuple[Hop, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Trace:
    """The whole answer as arrays; its records are made when they are asked for."""

    entity: str
    network: Network
    involvement: Involvement

    def items(self) -> Iterator[TracedItem]:
        """The items in the order of the plans."""
        steps = self.involvement.steps
        owners = self.network.item_of[steps.places]
        starts = np.searchsorted(owners, self.involvement.items.places, "left")
        ends = np.searchsorted(owners, self.involvement.items.places, "right")
        for at, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            yield self._item(at, range(start, end))

    def _item(self, at: int, of_steps: Sequence[int]) -> TracedItem:
        found, network = self.involvement.items, self.network
        return TracedItem(
            network.items[found.places[at]],
            CERTAINTIES[found.codes[at]],
            tuple(self._step(step, at) for step in of_steps),
            self._path(found, at),
            tuple(self._evidence(at)),
        )

    def _step(self, at: int, item: int) -> TracedStep:
        found = self.involvement.steps
        path = self._path(found, at)
        if self.network.relation(found.facts[at]) == "has_step":
            path = (*self._path(self.involvement.items, item), path[-1])
        return TracedStep(self.network.steps[found.places[at]], CERTAINTIES[found.codes[at]], path)

    def _path(self, found: InvolvedPlaces, at: int) -> tuple[Hop, ...]:
        before = self.involvement.reached.path(int(found.through[at]), self.network)
        return (*before, self.network.hop(int(found.facts[at])))

    def _evidence(self, at: int) -> Iterator[Span]:
        """Every span of the item that mentions what was reached."""
        item = self.involvement.items.places[at : at + 1]
        _, facts = self.network.adjacency(("mentions",), against=False).at(item)
        spans = {
            span
            for fact in facts[np.isin(self.network.tails[facts], self.involvement.reached.nodes)].tolist()
            for span in self.network.facts[fact].evidence
        }
        yield from sorted(spans, key=lambda span: (span.start, span.end))

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """The responsible sections of the items, in their order."""
        items = (self.network.items[place] for place in self.involvement.items.places.tolist())
        return tuple(dict.fromkeys(item.section.name for item in items if item.section))

    def of_type(self, type_: str) -> tuple[str, ...]:
        """The projects, say, that belong to the entity, or that the work on it names where it is no owner."""
        places = self.involvement.reached.nodes[1:]
        if self.network.type_of(int(self.involvement.reached.nodes[0])) not in THINGS:
            places = np.union1d(places, self._named(self.involvement.steps.places + self.network.first_step))
        ids = (self.network.ids[place] for place in places[self.network.are(places, (type_,))].tolist())
        return tuple(sorted(ids))

    def _named(self, places: Places) -> Places:
        _, facts = self.network.adjacency(("mentions",), against=False).at(places)
        return self.network.tails[facts]

    @cached_property
    def targets(self) -> tuple[tuple[Item, Target], ...]:
        """The targets of its steps, and of contents that speak of it, unless they name somebody else's thing."""
        network = self.network
        items = self.involvement.items.places
        whole = items[self.involvement.titled | self.involvement.duties]
        steps = {
            (network.items[network.item_of[s]].id, network.steps[s].key)
            for s in self.involvement.steps.places.tolist()
        }
        candidates = np.flatnonzero(np.isin(network.item_of_target, items)).astype(np.int32)
        return tuple(
            (item, target)
            for place in candidates.tolist()
            for item, target in [(network.items[network.item_of_target[place]], network.targets[place])]
            if ((item.id, target.step) in steps if target.step else network.item_of_target[place] in whole)
            and self._concerns(place)
        )

    def _concerns(self, target: int) -> bool:
        _, named = self.network.naming.at(np.array([target], dtype=np.int32))
        things = named[self.network.are(named, THINGS)]
        reached = np.isin(things, self.involvement.reached.nodes)
        is_thing = self.network.type_of(int(self.involvement.reached.nodes[0])) in THINGS
        return bool(not is_thing or not len(things) or reached.any())

    @cached_property
    def timeline(self) -> tuple[tuple[int, tuple[tuple[str, str], ...]], ...]:
        """Months (1..12) with the (document, key) of their steps."""
        network, places = self.network, self.involvement.steps.places
        bits = network.months[places]
        months = ((month, places[(bits >> month) & 1 == 1]) for month in MONTHS)
        return tuple(
            (month, tuple(self._key(step) for step in of_month.tolist()))
            for month, of_month in months
            if len(of_month)
        )

    def _key(self, step: int) -> tuple[str, str]:
        return self.network.items[self.network.item_of[step]].document, self.network.steps[step].key

    @cached_property
    def gaps(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """For each document that it is involved in and that is dated, the months without a step of it."""
        network = self.network
        bits: dict[str, int] = {}
        for step in self.involvement.steps.places.tolist():
            document = network.items[network.item_of[step]].document
            bits[document] = bits.get(document, 0) | int(network.months[step])
        return tuple(
            (document, tuple(month for month in MONTHS if not found >> month & 1))
            for document, found in bits.items()
            if found
        )

    @cached_property
    def related(self) -> tuple[Related, ...]:
        """What belongs to it, what facts join to it, and the things that steps name beside it."""
        reached, network = self.involvement.reached, self.network
        found = {
            network.ids[node]: Related(network.ids[node], network.relation(fact), reached.path(at, network))
            for at, (node, fact) in enumerate(
                zip(reached.nodes.tolist(), reached.facts.tolist(), strict=True)
            )
            if fact >= 0
        }
        for related in (*self._joined(), *self._together()):
            if related.id != self.entity:
                found.setdefault(related.id, related)
        return tuple(found[node] for node in sorted(found))

    def _joined(self) -> Iterator[Related]:
        entity = self.involvement.reached.nodes[:1]
        relations = [name for name in self.network.relation_names if name not in ("mentions", "scheduled_in")]
        for against in (False, True):
            _, facts = self.network.adjacency(relations, against).at(entity)
            ends = self.network.other_end(facts, against)
            kept = (ends >= self.network.first_other) & ~self.network.are(ends, ("Document", "Month"))
            for end, fact in zip(ends[kept].tolist(), facts[kept].tolist(), strict=True):
                yield Related(self.network.ids[end], self.network.relation(fact), (self.network.hop(fact),))

    def _together(self) -> Iterator[Related]:
        network = self.network
        by_mention = ~np.isin(network.item_of[self.involvement.steps.places], self._duty_items())
        places = self.involvement.steps.places[by_mention]
        which, facts = network.adjacency(("mentions",), against=False).at(places + network.first_step)
        kept = network.are(network.tails[facts], THINGS)
        steps: dict[int, list[int]] = {}
        for at, fact in zip(which[kept].tolist(), facts[kept].tolist(), strict=True):
            steps.setdefault(int(network.tails[fact]), []).append(int(places[at]))
        for node, shared in steps.items():
            yield Related(network.ids[node], "together", (), tuple(self._key(step) for step in shared))

    def _duty_items(self) -> Places:
        return self.involvement.items.places[self.involvement.duties]


def trace(entity: str, network: Network) -> Trace:
    """All work that involves an entity; nothing is cut off.

    Args:
        entity: the id of an entity of the network, such as ``company:海尔``.
        network: the facts.

    Raises:
        KeyError: there is no such node.
    """
    return Trace(entity, network, involvement(network.place[entity], network))
