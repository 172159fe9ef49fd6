"""Nodes while a network is made: items, then steps, then targets, then everything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.model import Entity, Item, Plan, Step, Target, document_id, step_id, target_id


@dataclass
class Nodes:
    """Nodes while they are gathered."""

    ids: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    item_of: list[int] = field(default_factory=list)
    item_of_target: list[int] = field(default_factory=list)
    years: list[int] = field(default_factory=list)

    @staticmethod
    def of(plans: Iterable[Plan], entities: Iterable[Entity]) -> Nodes:
        """All nodes of some plans and entities, numbered: items, steps, targets, documents, entities."""
        nodes = Nodes()
        documents = []
        for plan in plans:
            documents.append(plan.document)
            nodes.items += plan.items
            nodes.years += [plan.document.year or 0] * len(plan.items)
        for at, item in enumerate(nodes.items):
            nodes.steps += item.steps
            nodes.item_of += [at] * len(item.steps)
            nodes.targets += item.targets
            nodes.item_of_target += [at] * len(item.targets)
        nodes._number()
        for document in documents:
            nodes.add(document_id(document.id), "Document", document.title)
        for entity in entities:
            nodes.add(entity.id, entity.type, entity.name)
        return nodes

    def _number(self) -> None:
        """Ids of items, steps and targets, in this order."""
        for item in self.items:
            self.ids.append(item.id)
        self.ids += [step_id(i.document, s.key) for i in self.items for s in i.steps]
        for item in self.items:
            self.ids += [target_id(item.document, item.no, n) for n in range(1, len(item.targets) + 1)]
        counts = (len(self.items), len(self.steps), len(self.targets))
        for type_, count in zip(("Item", "Step", "Target"), counts, strict=True):
            self.types += [type_] * count

    def add(self, node: str, type_: str, name: str) -> int:
        """Number one more node and give back its place; ``type_`` is that of the node, ``name`` what it is called."""
        self.ids.append(node)
        self.types.append(type_)
        place = len(self.ids) - 1
        self.names[place] = f"{name}月" if type_ == "Month" else name
        return place
