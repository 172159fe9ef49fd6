"""What one document says, as arrays: its part in a network, which stays the same whatever others say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kg.analysis.adjacency import Mask, Places
from kg.analysis.attestation import Attestation
from kg.analysis.strings import Hashes, Strings, hashes_of
from kg.model import Fact, Item, Mention, Plan, Step, document_id, parse_id, step_id, target_id

OWN = ("item", "step", "target", "document")
"""Kinds of the nodes that belong to one document; facts from any other may be shown by several."""


@dataclass(frozen=True)
class NetworkShare:
    """Numbers count within the document: its items, then steps, then targets, then ``others``.

    ``about`` are its id, its title and its year as texts. ``others`` are the ids of all else that facts and mentions
    lead to. ``between`` marks facts that other documents may show too. ``mention_items`` and ``mention_steps`` are -1
    where a mention stands in none. Unit ``units[n]`` answers for item ``unit_items[n]``.
    """

    about: Strings
    item_ids: Strings
    step_ids: Strings
    target_ids: Strings
    hashes: Hashes
    """Of the ids of items, steps and targets."""
    item_of: Places
    item_of_target: Places
    months: npt.NDArray[np.int16]
    """The months of every step: bit n for month n."""
    first_month: npt.NDArray[np.int8]
    last_month: npt.NDArray[np.int8]
    others: Strings
    relation_names: Strings
    heads: Places
    tails: Places
    relations: npt.NDArray[np.int8]
    between: Mask
    attested: Attestation
    in_steps: Mask
    """Facts that say of an item that it mentions something that its steps mention too."""
    in_a_step: Mask
    """Targets that a step states."""
    naming_targets: Places
    naming_entities: Places
    """Which of ``others`` stand within the words of which target."""
    mention_entities: Places
    mention_items: Places
    mention_steps: Places
    units: Strings
    unit_items: Places

    @staticmethod
    def of(plan: Plan, mentions: Sequence[Mention], facts: Sequence[Fact]) -> NetworkShare:
        """The share of a plan with its mentions, in the order of the text, and the facts that it shows.

        Raises :class:`KeyError` where a fact names an item, a step or a target that the plan does not have.
        """
        return _Share(plan, mentions, facts).arrays()

    @cached_property
    def document(self) -> str:
        """The id of the document."""
        return self.about[0]

    @cached_property
    def title(self) -> str:
        return self.about[1]

    @cached_property
    def year(self) -> int:
        """0 where none is known."""
        return int(self.about[2])

    @property
    def first_other(self) -> int:
        """The number of the first node that is neither item, step nor target."""
        return len(self.item_ids) + len(self.step_ids) + len(self.target_ids)


class _Share:
    """A share while it is made."""

    def __init__(self, plan: Plan, mentions: Sequence[Mention], facts: Sequence[Fact]) -> None:
        self.plan, self.mentions, self.facts = plan, mentions, facts
        self.steps = [(at, item, step) for at, item in enumerate(plan.items) for step in item.steps]
        self.targets = [(at, item, n) for at, item in enumerate(plan.items) for n in range(len(item.targets))]
        self.item_ids = [item.id for item in plan.items]
        self.step_ids = [step_id(item.document, step.key) for _, item, step in self.steps]
        self.target_ids = [target_id(item.document, item.no, n + 1) for _, item, n in self.targets]
        ids = [*self.item_ids, *self.step_ids, *self.target_ids]
        self.place = {node: at for at, node in enumerate(ids)}
        self.first_step, self.first_target = len(self.item_ids), len(self.item_ids) + len(self.step_ids)
        self.others: dict[str, int] = {}

    def arrays(self) -> NetworkShare:
        plan, facts = self.plan, self.facts
        heads = _places(self._node(fact.head) for fact in facts)
        tails = _places(self._node(fact.tail) for fact in facts)
        names = {name: at for at, name in enumerate(sorted({fact.relation for fact in facts}))}
        relations = np.array([names[fact.relation] for fact in facts], dtype=np.int8)
        naming = list(self._naming())
        entities = _places(self._other(mention.entity) for mention in self.mentions)
        units = [(unit, at) for at, item in enumerate(plan.items) for unit in units_of(item)]
        dated = [step_months(step) for _, _, step in self.steps]
        about = (plan.document.id, plan.document.title, str(plan.document.year or 0))
        return NetworkShare(
            Strings.of(about),
            Strings.of(self.item_ids),
            Strings.of(self.step_ids),
            Strings.of(self.target_ids),
            hashes_of(self.place),
            _places(at for at, _, _ in self.steps),
            _places(at for at, _, _ in self.targets),
            np.array([sum(1 << month for month in set(s.months)) for _, _, s in self.steps], dtype=np.int16),
            np.array([months[0] for months in dated], dtype=np.int8),
            np.array([months[-1] for months in dated], dtype=np.int8),
            Strings.of(self.others),
            Strings.of(names),
            heads,
            tails,
            relations,
            np.array([parse_id(fact.head).kind not in OWN for fact in facts], dtype=bool),
            Attestation.of(facts, self.mentions),
            self._in_steps(heads, tails, relations == names.get("mentions", -1)),
            self._in_a_step(heads, tails, relations == names.get("has_target", -1)),
            _places(target for target, _ in naming),
            _places(entity for _, entity in naming),
            entities,
            _places(self._item(mention) for mention in self.mentions),
            _places(self._step(mention) for mention in self.mentions),
            Strings.of(unit for unit, _ in units),
            _places(at for _, at in units),
        )

    def _node(self, node: str) -> int:
        if parse_id(node).kind in OWN and node != document_id(self.plan.document.id):
            return self.place[node]
        return len(self.place) + self._other(node)

    def _other(self, node: str) -> int:
        return self.others.setdefault(node, len(self.others))

    def _item(self, mention: Mention) -> int:
        return self._numbers.get(mention.item, -1)

    @cached_property
    def _numbers(self) -> dict[int | None, int]:
        return {item.no: at for at, item in enumerate(self.plan.items)}

    def _step(self, mention: Mention) -> int:
        if mention.step is None:
            return -1
        return self.place[step_id(mention.source.document, mention.step)] - self.first_step

    def _naming(self) -> Iterator[tuple[int, int]]:
        """Which of the others stand within the words of each target."""
        by_item: dict[int | None, list[Mention]] = {}
        for mention in self.mentions:
            by_item.setdefault(mention.item, []).append(mention)
        for at, (_, item, n) in enumerate(self.targets):
            span = item.targets[n].source
            for mention in by_item.get(item.no, ()):
                if span.start <= mention.source.start and mention.source.end <= span.end:
                    yield at, self._other(mention.entity)

    def _is_step(self, places: Places) -> Mask:
        return (places >= self.first_step) & (places < self.first_target)

    def _in_steps(self, heads: Places, tails: Places, mentions: Mask) -> Mask:
        nodes = len(self.place) + len(self.others)
        of_steps = mentions & self._is_step(heads)
        owners = _places(at for at, _, _ in self.steps)
        by_steps = owners[heads[of_steps] - self.first_step].astype(np.int64) * nodes + tails[of_steps]
        of_items = mentions & (heads < self.first_step)
        return of_items & np.isin(heads.astype(np.int64) * nodes + tails, by_steps)

    def _in_a_step(self, heads: Places, tails: Places, stating: Mask) -> Mask:
        found = np.zeros(len(self.targets), dtype=bool)
        found[tails[stating & self._is_step(heads)] - self.first_target] = True
        return found


def step_months(step: Step) -> tuple[int, ...]:
    """The months of a step, those of its quarter where only that is known, else 0."""
    if step.months:
        return step.months
    return (3 * step.quarter - 2, 3 * step.quarter - 1, 3 * step.quarter) if step.quarter else (0,)


def units_of(item: Item) -> tuple[str, ...]:
    """The names of all units that answer for an item, its section first."""
    named = [item.section.name] if item.section else []
    return tuple(dict.fromkeys([*named, *(unit.name for unit in item.responsible)]))


def _places(found: Iterable[int]) -> Places:
    return np.fromiter(found, dtype=np.int32)
