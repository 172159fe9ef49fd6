"""The facts as arrays: what traces, impacts and paths are computed on.

A *place* is a position among the nodes. Items come first, then steps, then targets, each in the order
of the plans, so that item 7 is node 7 and step 7 is node ``len(items) + 7``; everything else follows.
The networkx graph of :mod:`kg.graph` holds the same facts and is the view that people use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from kg.analysis.adjacency import Facts, Mask, OfRelations, Places
from kg.analysis.joining import NetworkArrays, joined
from kg.analysis.share import OWN, NetworkShare
from kg.analysis.strings import Strings
from kg.model import Entity, Fact, Item, Mention, Plan, Span, Step, Target, parse_id


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
class Network(NetworkArrays):
    """Nodes and facts of a build, by place; the records are in memory, or read when they are asked for."""

    items: Sequence[Item]
    steps: Sequence[Step]
    targets: Sequence[Target]
    facts: Sequence[Fact]
    _wanted: dict[tuple[str, ...], Mask] = field(default_factory=dict, repr=False)

    @staticmethod
    def of(
        plans: Iterable[Plan], entities: Iterable[Entity], facts: Sequence[Fact], mentions: Iterable[Mention]
    ) -> Network:
        """All that the records say; facts in their order are those of each document, then those between entities.

        Raises :class:`KeyError` where a fact names a node that no record stands for.
        """
        plans = list(plans)
        own, between = _by_document(facts)
        spoken: dict[str, list[Mention]] = {}
        for mention in mentions:
            spoken.setdefault(mention.source.document, []).append(mention)
        shares, ordered, shown_once = [], list[Fact](), list[Fact]()
        for plan in plans:
            id_ = plan.document.id
            mine, others = own.pop(id_, []), between.pop(id_, [])
            shares.append(NetworkShare.of(plan, spoken.get(id_, ()), [*mine, *others]))
            ordered += mine
            shown_once += others
        if own or between:
            raise KeyError(next(iter(own or between)))
        items = tuple(item for plan in plans for item in plan.items)
        shown_once.sort(key=lambda fact: (fact.head, fact.relation, fact.tail))
        return Network.over(
            joined(shares, entities),
            items,
            tuple(step for item in items for step in item.steps),
            tuple(target for item in items for target in item.targets),
            (*ordered, *shown_once),
        )

    @staticmethod
    def over(
        arrays: NetworkArrays,
        items: Sequence[Item],
        steps: Sequence[Step],
        targets: Sequence[Target],
        facts: Sequence[Fact],
    ) -> Network:
        """Arrays with the records that they stand for."""
        return Network(**vars(arrays), items=items, steps=steps, targets=targets, facts=facts)

    @property
    def ids(self) -> Strings:
        """The id of every node."""
        return self.keys.strings

    @property
    def place(self) -> Mapping[str, int]:
        """The place of every node's id."""
        return self.keys

    @property
    def first_step(self) -> int:
        """The place of the first step."""
        return int(self.starts[-1, 0])

    @property
    def first_target(self) -> int:
        """The place of the first target."""
        return int(self.starts[-1, :2].sum())

    @property
    def first_other(self) -> int:
        """The first node that is neither item, step nor target."""
        return int(self.starts[-1, :3].sum())

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

    def steps_of(self, item: int) -> range:
        """The steps of an item, counted from the first step."""
        return range(*np.searchsorted(self.item_of, [item, item + 1]).tolist())

    def name(self, place: int) -> str:
        """What people call a node: the content of an item, the words of a step or target, else its name."""
        if place < self.first_step:
            return self.items[place].content
        if place < self.first_target:
            return self.steps[place - self.first_step].text
        if place < self.first_other:
            return self.targets[place - self.first_target].text
        return self.names[place - self.first_other]

    @cached_property
    def type_names(self) -> tuple[str, ...]:
        """The types there are."""
        return tuple(self.types_there_are)

    def type_of(self, place: int) -> str:
        """The type of a node."""
        return self.type_names[int(self.type_codes[place])]

    def are(self, places: Places, types: Iterable[str]) -> Mask:
        """Which of some nodes are of one of some types."""
        wanted = [self.type_names.index(type_) for type_ in types if type_ in self.type_names]
        return np.isin(self.type_codes[places], wanted)

    def year_of_step(self, steps: Places) -> Places:
        """The years of steps, 0 where none is known."""
        return self.years[self.item_of[steps]].astype(np.int32)

    @cached_property
    def relation_names(self) -> tuple[str, ...]:
        """The relations there are."""
        return tuple(self.relations_there_are)

    def adjacency(self, relations: Iterable[str], against: bool) -> Facts:
        """The facts of some relations by their head, or ``against`` them by their tail."""
        key = tuple(relations)
        if key not in self._wanted:
            self._wanted[key] = np.array([name in key for name in self.relation_names], dtype=bool)
        return OfRelations(self.by_tail if against else self.by_head, self.relations, self._wanted[key])

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

    def mentions_of(self, place: int) -> Places:
        """The mentions of a node, numbered through all documents, in their order."""
        return self.mentions.at(np.array([place], dtype=np.int32))[1]


def _by_document(facts: Iterable[Fact]) -> tuple[dict[str, list[Fact]], dict[str, list[Fact]]]:
    """Facts that one document alone can show, by that document; and the others, by one that does show them."""
    own: dict[str, list[Fact]] = {}
    between: dict[str, list[Fact]] = {}
    for fact in facts:
        document = fact.evidence[0].document
        (own if parse_id(fact.head).kind in OWN else between).setdefault(document, []).append(fact)
    return own, between
