"""The facts as arrays: what traces, impacts and paths are computed on.

A *place* is a position among the nodes. Items come first, then steps, then targets, each in the order
of the plans, so that item 7 is node 7 and step 7 is node ``len(items) + 7``; everything else follows.
The networkx graph of :mod:`kg.graph` holds the same facts and is the view that people use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kg.analysis.adjacency import Adjacency, Codes, Mask, Places
from kg.analysis.attestation import Attestation
from kg.analysis.gathering import Nodes
from kg.model import Entity, Fact, Item, Mention, Plan, Span, Step, Target, parse_id

_IMPLIED = {"topic": "Topic", "section": "Section", "month": "Month"}


@dataclass(frozen=True, slots=True)
class Hop:
    """One fact of a path, in the fact's own direction, and a span of its evidence.

    A path leads from one node to another; its facts may point either way along it.
    """

    head: str
    relation: str
    tail: str
    evidence: Span


@dataclass(frozen=True)
class Network:
    """Nodes and facts of a build, by place."""

    items: tuple[Item, ...]
    steps: tuple[Step, ...]
    targets: tuple[Target, ...]
    ids: tuple[str, ...]
    types: tuple[str, ...]
    names: Mapping[int, str]
    facts: Sequence[Fact]
    heads: Places
    tails: Places
    relations: Codes
    relation_names: tuple[str, ...]
    item_of: Places
    """The item of every step."""
    item_of_target: Places
    months: npt.NDArray[np.int16]
    """The months of every step: bit n for month n."""
    years: npt.NDArray[np.int16]
    """The year of every item's document, 0 where none is known."""
    attested: Attestation
    naming: Adjacency
    """Entities by the target, counted from 0, whose words name them; ``facts`` are places of entities here."""
    _adjacent: dict[tuple[tuple[str, ...], bool], Adjacency] = field(default_factory=dict, repr=False)

    @staticmethod
    def of(
        plans: Iterable[Plan], entities: Iterable[Entity], facts: Sequence[Fact], mentions: Sequence[Mention]
    ) -> Network:
        """All that the records say. Raises :class:`KeyError` where a fact names a node that no record stands for."""
        nodes = Nodes.of(plans, entities)
        place = {node: at for at, node in enumerate(nodes.ids)}
        for fact in facts:
            for node in (fact.head, fact.tail):
                if node not in place:
                    kind, name = parse_id(node)
                    place[node] = nodes.add(node, _IMPLIED[kind], name)
        names = tuple(dict.fromkeys(fact.relation for fact in facts))
        code = {name: at for at, name in enumerate(names)}
        heads, tails = (_places(place[end] for end in ends) for ends in _ends(facts))
        return Network(
            tuple(nodes.items),
            tuple(nodes.steps),
            tuple(nodes.targets),
            tuple(nodes.ids),
            tuple(nodes.types),
            nodes.names,
            facts,
            heads,
            tails,
            np.fromiter((code[fact.relation] for fact in facts), dtype=np.int8, count=len(facts)),
            names,
            _places(nodes.item_of),
            _places(nodes.item_of_target),
            np.array([sum(1 << month for month in set(s.months)) for s in nodes.steps], dtype=np.int16),
            np.array(nodes.years, dtype=np.int16),
            Attestation.of(facts, mentions),
            _naming(nodes.items, mentions, place),
        )

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The place of every node's id."""
        return {node: at for at, node in enumerate(self.ids)}

    @property
    def first_step(self) -> int:
        """The place of the first step."""
        return len(self.items)

    @property
    def first_target(self) -> int:
        """The place of the first target."""
        return len(self.items) + len(self.steps)

    @property
    def first_other(self) -> int:
        """The first node that is neither item, step nor target."""
        return self.first_target + len(self.targets)

    def item_place(self, place: int) -> int:
        """The place of the item of a node that is an item, a step or a target."""
        if place < self.first_step:
            return place
        if place < self.first_target:
            return int(self.item_of[place - self.first_step])
        return int(self.item_of_target[place - self.first_target])

    def item_at(self, place: int) -> Item:
        """The same item as a record."""
        return self.items[self.item_place(place)]

    def is_step(self, places: Places) -> Mask:
        """Which of some places are those of steps."""
        return (places >= self.first_step) & (places < self.first_target)

    def name(self, place: int) -> str:
        """What people call a node: the content of an item, the words of a step or target, else its name."""
        if place < self.first_step:
            return self.items[place].content
        if place < self.first_target:
            return self.steps[place - self.first_step].text
        if place < self.first_other:
            return self.targets[place - self.first_target].text
        return self.names[place]

    @cached_property
    def type_codes(self) -> Codes:
        """The type of every node, as an index into ``type_names``."""
        return np.array([self.type_names.index(type_) for type_ in self.types], dtype=np.int8)

    @cached_property
    def type_names(self) -> tuple[str, ...]:
        """The types there are, in the order in which nodes have them."""
        return tuple(dict.fromkeys(self.types))

    def are(self, places: Places, types: Iterable[str]) -> Mask:
        """Which of some nodes are of one of some types."""
        wanted = [self.type_names.index(type_) for type_ in types if type_ in self.type_names]
        return np.isin(self.type_codes[places], wanted)

    @cached_property
    def in_a_step(self) -> Mask:
        """Which targets a step states, counted from the first target; the others stand in the content."""
        stated = np.zeros(len(self.targets), dtype=bool)
        facts = self.adjacency(("has_target",), against=False).facts
        stated[self.tails[facts[self.is_step(self.heads[facts])]] - self.first_target] = True
        return stated

    @cached_property
    def in_steps(self) -> Mask:
        """Which facts say of an item that it mentions something that its steps mention too."""
        mentions = self.adjacency(("mentions",), against=False).facts
        heads, tails = self.heads[mentions].astype(np.int64), self.tails[mentions].astype(np.int64)
        steps = self.is_step(self.heads[mentions])
        by_steps = self.item_of[heads[steps] - self.first_step] * len(self.ids) + tails[steps]
        found = np.zeros(len(self.facts), dtype=bool)
        of_items = heads < self.first_step
        found[mentions[of_items]] = np.isin(heads[of_items] * len(self.ids) + tails[of_items], by_steps)
        return found

    @cached_property
    def popularity(self) -> Places:
        """How many items mention each node."""
        mentions = self.adjacency(("mentions",), against=True)
        of_items = self.heads[mentions.facts] < self.first_step
        return np.bincount(mentions.nodes[of_items], minlength=len(self.ids)).astype(np.int32)

    @cached_property
    def first_month(self) -> Codes:
        """The month in which every step begins, 0 where it is not dated."""
        return np.array([step_months(step)[0] for step in self.steps], dtype=np.int8)

    @cached_property
    def last_month(self) -> Codes:
        """The month in which every step ends, 0 where it is not dated."""
        return np.array([step_months(step)[-1] for step in self.steps], dtype=np.int8)

    def year_of_step(self, steps: Places) -> Places:
        """The years of steps, 0 where none is known."""
        return self.years[self.item_of[steps]].astype(np.int32)

    def adjacency(self, relations: Iterable[str], against: bool) -> Adjacency:
        """The facts of some relations by their head, or ``against`` them by their tail."""
        key = (tuple(relations), against)
        if key not in self._adjacent:
            codes = [self.relation_names.index(name) for name in key[0] if name in self.relation_names]
            facts = np.flatnonzero(np.isin(self.relations, codes)).astype(np.int32)
            ends = (self.tails if against else self.heads)[facts]
            self._adjacent[key] = Adjacency.of(ends, facts, len(self.ids))
        return self._adjacent[key]

    def other_end(self, facts: Places, against: bool) -> Places:
        """Where facts lead that are followed from their heads, or ``against`` them from their tails."""
        return self.heads[facts] if against else self.tails[facts]

    def hop(self, fact: int) -> Hop:
        """A fact as a step of a path, with the best of its evidence."""
        found = self.facts[fact]
        return Hop(found.head, found.relation, found.tail, found.evidence[self.attested.shown[fact]])

    def relation(self, fact: int) -> str:
        """The relation of the fact at a place."""
        return self.relation_names[int(self.relations[fact])]


def step_months(step: Step) -> tuple[int, ...]:
    """The months of a step, those of its quarter where only that is known, else 0."""
    if step.months:
        return step.months
    return (3 * step.quarter - 2, 3 * step.quarter - 1, 3 * step.quarter) if step.quarter else (0,)


def _ends(facts: Sequence[Fact]) -> Iterator[Iterator[str]]:
    yield (fact.head for fact in facts)
    yield (fact.tail for fact in facts)


def _naming(items: Sequence[Item], mentions: Sequence[Mention], place: Mapping[str, int]) -> Adjacency:
    """Which entities stand within the words of each target, counted from 0."""
    by_item: dict[tuple[str, int | None], list[Mention]] = {}
    for mention in mentions:
        by_item.setdefault((mention.source.document, mention.item), []).append(mention)
    pairs, at = [], 0
    for item in items:
        for target in item.targets:
            for mention in by_item.get((item.document, item.no), ()):
                if target.source.start <= mention.source.start and mention.source.end <= target.source.end:
                    pairs.append((at, place[mention.entity]))
            at += 1
    return Adjacency.of(_places(t for t, _ in pairs), _places(e for _, e in pairs), at)


def _places(found: Iterable[int]) -> Places:
    return np.fromiter(found, dtype=np.int32)
