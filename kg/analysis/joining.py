"""The shares of all documents → the arrays of one network, numbered through.

Nothing here looks at a text: the shares are laid one after another, and what several of them show becomes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.analysis.adjacency import Adjacency, Codes, Mask, Places
from kg.analysis.attestation import INFERRED, Attestation
from kg.analysis.share import NetworkShare
from kg.analysis.strings import StringPlaces, Strings, hashes_of
from kg.model import Entity, document_id, parse_id

_IMPLIED = {"topic": "Topic", "section": "Section", "month": "Month"}
"""Kinds of the nodes that facts may lead to though no record stands for them."""
Offsets = tuple[int, int, int]
"""Where the items, steps and targets of a document begin among those of all."""


@dataclass(frozen=True)
class NetworkArrays:
    """Nodes and facts of all documents, by place.

    Items come first, then steps, then targets, each in the order of the documents; then the documents, the entities
    in order of id, and what facts only imply. Facts that one document alone can show come first, document by
    document; then those between entities, in order of head, relation and tail.
    """

    keys: StringPlaces
    """Every node's id."""
    names: Strings
    """What all nodes but items, steps and targets are called, from the first of them on."""
    type_codes: Codes
    types_there_are: Strings
    starts: Places
    """Where the items, steps, targets and facts of every document begin, and the last end; shape (documents + 1, 4)."""
    heads: Places
    tails: Places
    relations: Codes
    relations_there_are: Strings
    numbers: Places
    """Of every fact that one document alone can show, its number among those of the document."""
    shown_by: Adjacency
    """The showings of every fact between entities, counted from the first of them."""
    showings: Places
    """Document and number there of every showing; shape (showings, 2)."""
    item_of: Places
    """The item of every step."""
    item_of_target: Places
    months: npt.NDArray[np.int16]
    """The months of every step: bit n for month n."""
    first_month: Codes
    """The month in which every step begins, 0 where it is not dated."""
    last_month: Codes
    years: npt.NDArray[np.int16]
    """The year of every item's document, 0 where none is known."""
    attested: Attestation
    in_steps: Mask
    """Which facts say of an item that it mentions something that its steps mention too."""
    in_a_step: Mask
    """Which targets a step states; the others stand in the content."""
    naming: Adjacency
    """Entities by the target whose words name them; ``facts`` are places of entities here."""
    by_head: Adjacency
    by_tail: Adjacency
    popularity: Places
    """How many items mention each node."""
    mentions: Adjacency
    """Mentions, numbered through all documents, by the node that they mention."""
    mention_starts: Places
    """The number of the first mention of every document, and of the end."""
    mention_items: Places
    """The item of every mention, -1 for none."""
    mention_steps: Places
    units: StringPlaces
    """The units that answer for items."""
    items_of_units: Adjacency
    """The items of every unit."""


def joined(shares: Sequence[NetworkShare], entities: Iterable[Entity]) -> NetworkArrays:
    """The network of some documents, in their order, and of all entities, in the order of their ids.

    Raises :class:`KeyError` where a fact names a node that no record stands for.
    """
    return _Joined(shares, entities).arrays()


class _Joined:
    """A network while it is joined."""

    def __init__(self, shares: Sequence[NetworkShare], entities: Iterable[Entity]) -> None:
        self.shares = shares
        sizes = [
            (len(s.item_ids), len(s.step_ids), len(s.target_ids), int((~s.between).sum())) for s in shares
        ]
        self.starts = np.zeros((len(shares) + 1, 4), dtype=np.int32)
        if shares:
            np.cumsum(sizes, axis=0, out=self.starts[1:])
        items, steps, targets, _ = self.starts[-1].tolist()
        self.bases: Offsets = (0, items, items + steps)
        self.first_other = items + steps + targets
        self.others: dict[str, tuple[str, str]] = {
            document_id(s.document): ("Document", s.title) for s in shares
        }
        self.others |= {entity.id: (entity.type, entity.name) for entity in entities}
        self.others |= dict(self._implied())
        self.place = {node: self.first_other + at for at, node in enumerate(self.others)}
        self.relation_names = sorted({name for share in shares for name in share.relation_names})
        self.global_others = [
            np.array([self.place[node] for node in share.others], dtype=np.int32) for share in shares
        ]

    def _implied(self) -> Iterator[tuple[str, tuple[str, str]]]:
        for node in sorted({node for share in self.shares for node in share.others} - self.others.keys()):
            kind, name = parse_id(node)
            yield node, (_IMPLIED[kind], f"{name}月" if kind == "month" else name)

    def arrays(self) -> NetworkArrays:
        return NetworkArrays(**self._of_nodes(), **self._of_facts(), **self._of_mentions())

    def _of_nodes(self) -> dict[str, Any]:
        shares = self.shares
        types, type_codes = self._types()
        units, items_of_units = self._units()
        years = np.array([share.year for share in shares], dtype=np.int16)
        return {
            "keys": self._keys(),
            "names": Strings.of(name for _, name in self.others.values()),
            "type_codes": type_codes,
            "types_there_are": types,
            "starts": self.starts,
            "item_of": self._shifted("item_of", 0),
            "item_of_target": self._shifted("item_of_target", 0),
            "months": _joined_arrays([share.months for share in shares], np.int16),
            "first_month": _joined_arrays([share.first_month for share in shares], np.int8),
            "last_month": _joined_arrays([share.last_month for share in shares], np.int8),
            "years": np.repeat(years, [len(share.item_ids) for share in shares]).astype(np.int16),
            "in_a_step": _joined_arrays([share.in_a_step for share in shares], bool),
            "naming": self._naming(),
            "units": units,
            "items_of_units": items_of_units,
        }

    def _of_facts(self) -> dict[str, Any]:
        count, own = self.first_other + len(self.others), [~share.between for share in self.shares]
        shown_by, showings, between = self._between()
        mine, shared = self._ends(), between.ends()
        heads, tails = np.concatenate([mine[0], shared[0]]), np.concatenate([mine[1], shared[1]])
        relations = np.concatenate([mine[2], shared[2]])
        in_steps = [share.in_steps[kept] for share, kept in zip(self.shares, own, strict=True)]
        every = np.arange(len(heads), dtype=np.int32)
        by_item = (relations == self._code("mentions")) & (heads < self.bases[1])
        return {
            "heads": heads,
            "tails": tails,
            "relations": relations,
            "relations_there_are": Strings.of(self.relation_names),
            "numbers": _joined_places(np.flatnonzero(kept) for kept in own),
            "shown_by": shown_by,
            "showings": showings,
            "attested": self._attested(own, between.certainty),
            "in_steps": _joined_arrays([*in_steps, np.zeros(len(between), bool)], bool),
            "by_head": Adjacency.of(heads, every, count),
            "by_tail": Adjacency.of(tails, every, count),
            "popularity": np.bincount(tails[by_item], minlength=count).astype(np.int32),
        }

    def _of_mentions(self) -> dict[str, Any]:
        sizes = [len(share.mention_entities) for share in self.shares]
        return {
            "mentions": self._mentions(self.first_other + len(self.others)),
            "mention_starts": np.cumsum([0, *sizes]).astype(np.int32),
            "mention_items": self._shifted("mention_items", 0),
            "mention_steps": self._shifted("mention_steps", 1),
        }

    def _keys(self) -> StringPlaces:
        """The ids of all nodes, with the hashes that the shares have already."""
        parts, hashes = [], []
        for level, name in enumerate(("item_ids", "step_ids", "target_ids")):
            for share in self.shares:
                begin = sum(map(len, (share.item_ids, share.step_ids, share.target_ids)[:level]))
                ids: Strings = getattr(share, name)
                parts.append(ids)
                hashes.append(share.hashes[begin : begin + len(ids)])
        others = Strings.of(self.others)
        return StringPlaces.of(
            Strings.joined([*parts, others]), _joined_arrays([*hashes, hashes_of(others)], np.uint64)
        )

    def _types(self) -> tuple[Strings, Codes]:
        own = ("Item", "Step", "Target")
        there = list(dict.fromkeys((*own, *(type_ for type_, _ in self.others.values()))))
        code = {type_: at for at, type_ in enumerate(there)}
        sizes = self.starts[-1, :3]
        others = np.array([code[type_] for type_, _ in self.others.values()], dtype=np.int8)
        return Strings.of(there), np.concatenate([np.repeat(np.arange(3, dtype=np.int8), sizes), others])

    def _code(self, relation: str) -> int:
        return self.relation_names.index(relation) if relation in self.relation_names else -1

    def _nodes(self, at: int, numbers: Places) -> Places:
        """The places of nodes that are numbered within document ``at``."""
        share = self.shares[at]
        sizes = np.array([0, len(share.item_ids), len(share.step_ids), len(share.target_ids)])
        firsts = np.cumsum(sizes)
        places = np.empty(len(numbers), dtype=np.int32)
        for level in range(3):
            mine = (numbers >= firsts[level]) & (numbers < firsts[level + 1])
            places[mine] = numbers[mine] - firsts[level] + self.bases[level] + self.starts[at, level]
        rest = numbers >= firsts[3]
        places[rest] = self.global_others[at][numbers[rest] - firsts[3]]
        return places

    def _codes(self, at: int) -> Codes:
        """The relation of every fact of a document, by the codes of all."""
        share = self.shares[at]
        codes = np.array([self._code(name) for name in share.relation_names], dtype=np.int8)
        return codes[share.relations] if len(codes) else share.relations

    def _ends(self) -> tuple[Places, Places, Codes]:
        """Heads, tails and relations of the facts that one document alone can show."""
        heads, tails, relations = [], [], []
        for at, share in enumerate(self.shares):
            own = ~share.between
            heads.append(self._nodes(at, share.heads[own]))
            tails.append(self._nodes(at, share.tails[own]))
            relations.append(self._codes(at)[own])
        return _joined_places(heads), _joined_places(tails), _joined_arrays(relations, np.int8)

    def _between(self) -> tuple[Adjacency, Places, _Between]:
        """Facts between entities, each once, with all that shows it."""
        shown: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
        certainty: dict[tuple[int, int, int], int] = {}
        for at, share in enumerate(self.shares):
            numbers = np.flatnonzero(share.between)
            ends = (self._nodes(at, share.heads[numbers]), self._codes(at)[numbers], self._nodes(at, share.tails[numbers]))  # fmt: skip
            keys = zip(*(end.tolist() for end in ends), strict=True)
            codes = share.attested.certainty[numbers].tolist()
            for key, number, code in zip(keys, numbers.tolist(), codes, strict=True):
                shown.setdefault(key, []).append((at, number))
                certainty[key] = min(certainty.get(key, INFERRED), code)
        ids = list(self.others)
        ordered = sorted(
            shown, key=lambda k: (ids[k[0] - self.first_other], k[1], ids[k[2] - self.first_other])
        )
        bounds = np.cumsum([0, *(len(shown[key]) for key in ordered)]).astype(np.int32)
        showings = np.array([one for key in ordered for one in shown[key]], dtype=np.int32).reshape(-1, 2)
        found = _Between(ordered, np.array([certainty[key] for key in ordered], dtype=np.int8))
        return Adjacency(bounds, np.arange(len(showings), dtype=np.int32)), showings, found

    def _attested(self, own: Sequence[Mask], certainty: Codes) -> Attestation:
        kept = list(zip(self.shares, own, strict=True))
        rest = len(certainty)
        return Attestation(
            _joined_arrays([*(s.attested.certainty[mine] for s, mine in kept), certainty], np.int8),
            _joined_places([*(s.attested.shown[mine] for s, mine in kept), np.zeros(rest, np.int32)]),
            _joined_arrays([*(s.attested.titled[mine] for s, mine in kept), np.zeros(rest, bool)], bool),
            _joined_arrays([*(s.attested.alone[mine] for s, mine in kept), np.ones(rest, bool)], bool),
        )

    def _shifted(self, name: str, level: int) -> Places:
        """Places within documents as places among all; -1 stays."""
        parts = []
        for at, share in enumerate(self.shares):
            mine: Places = getattr(share, name)
            parts.append(np.where(mine < 0, -1, mine + self.starts[at, level]))
        return _joined_places(parts)

    def _naming(self) -> Adjacency:
        targets = _joined_places(s.naming_targets + self.starts[at, 2] for at, s in enumerate(self.shares))
        entities = _joined_places(self.global_others[at][s.naming_entities] for at, s in enumerate(self.shares))  # fmt: skip
        return Adjacency.of(targets, entities, int(self.starts[-1, 2]))

    def _mentions(self, nodes: int) -> Adjacency:
        entities = _joined_places(self.global_others[at][s.mention_entities] for at, s in enumerate(self.shares))  # fmt: skip
        return Adjacency.of(entities, np.arange(len(entities), dtype=np.int32), nodes)

    def _units(self) -> tuple[StringPlaces, Adjacency]:
        names = sorted({unit for share in self.shares for unit in share.units})
        place = {name: at for at, name in enumerate(names)}
        units = _joined_places([place[unit] for unit in share.units] for share in self.shares)
        return StringPlaces.of(Strings.of(names)), Adjacency.of(
            units, self._shifted("unit_items", 0), len(names)
        )


@dataclass(frozen=True)
class _Between:
    """(head, relation, tail) of facts between entities, and how certain each is."""

    keys: Sequence[tuple[int, int, int]]
    certainty: Codes

    def __len__(self) -> int:
        return len(self.keys)

    def ends(self) -> tuple[Places, Places, Codes]:
        heads, relations, tails = zip(*self.keys, strict=True) if self.keys else ((), (), ())
        return np.array(heads, np.int32), np.array(tails, np.int32), np.array(relations, np.int8)


def _joined_arrays(parts: Iterable[npt.NDArray[Any]], kind: type) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, kind), *parts]).astype(kind)


def _joined_places(parts: Iterable[npt.ArrayLike]) -> Places:
    return np.concatenate([np.empty(0, np.int32), *(np.asarray(p, np.int32) for p in parts)]).astype(np.int32)
