"""Small plans made of records, for analyses: who names what in which month, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kg.analysis import Network
from kg.knowledge import Knowledge
from kg.model import (
    Document,
    Entity,
    EntityType,
    Fact,
    Item,
    Mention,
    Plan,
    Responsible,
    Section,
    Span,
    Step,
    Target,
    entity_id,
)
from kg.relations import relate

_KNOWLEDGE = Knowledge()
Named = tuple[EntityType, str]
INSIDE: tuple[Named, ...] = (("Platform", "海尔平台"), ("Company", "海尔"))
"""Names that open others, the longer first."""


@dataclass
class Works:
    """Builds plans item by item; spans are made up but distinct, names open where their spans open."""

    document: str = "d"
    year: int | None = 2021
    at: int = 0
    items: list[Item] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    entities: dict[str, Entity] = field(default_factory=dict)

    def item(
        self,
        section: str,
        steps: Mapping[tuple[int, ...], Sequence[Named]],
        content: Sequence[Named] = (),
        targets: Sequence[tuple[int, ...] | None] = (),
    ) -> None:
        """One item: what each step names, by months; ``targets`` of steps, or of the content for ``None``."""
        no = len(self.items) + 1
        source = self._names(content, no, None)
        made = tuple(self._step(no, months, names) for months, names in steps.items())
        of_steps = {step.months: step for step in made}
        unit = self._span(4)
        self._entity("Section", section)
        goals = tuple(self._target(of_steps.get(months or ())) for months in targets)
        lead = (Responsible(section, "lead", unit),)
        named = Section(section, section, False)
        self.items.append(
            Item(
                self.document,
                no,
                True,
                f"事项{no}",
                named,
                None,
                None,
                source,
                source,
                made,
                goals,
                (),
                lead,
                unit,
            )
        )

    def _step(self, no: int, months: tuple[int, ...], names: Sequence[Named]) -> Step:
        key = f"{no}:{'-'.join(map(str, months)) or '0'}"
        return Step(key, None, months, None, f"步骤{key}", self._names(names, no, key))

    def _target(self, step: Step | None) -> Target:
        month = step.months[-1] if step and step.months else None
        where = "step" if step else "content"
        key = step.key if step else None
        return Target("10家", "数量", 10, "家", "=", month, where, self._span(3), key)  # type: ignore[arg-type]

    def _names(self, names: Sequence[Named], no: int, key: str | None) -> Span:
        begin = self.at
        for type_, name in names:
            span = self._span(len(name))
            self._mention(span, type_, name, no, key)
            # 海尔 opens 海尔平台: the shorter name is mentioned inside the longer one.
            for inner_type, inner in INSIDE:
                if inner != name and name.startswith(inner):
                    nested = Span(span.document, span.line, span.start, span.start + len(inner))
                    self._mention(nested, inner_type, inner, no, key)
        self._span(10)
        return Span(self.document, 1, begin, self.at)

    def _mention(self, span: Span, type_: EntityType, name: str, no: int, key: str | None) -> None:
        where = "step" if key else "content"
        entity = self._entity(type_, name)
        self.mentions.append(Mention(span, name, type_, where, no, key, "ner", 1.0, entity, name))  # type: ignore[arg-type]

    def _entity(self, type_: EntityType, name: str) -> str:
        node = entity_id(type_, name)
        self.entities.setdefault(node, Entity(node, type_, name, (name,)))
        return node

    def _span(self, length: int) -> Span:
        start, self.at = self.at, self.at + length + 1
        return Span(self.document, 1, start, start + length)

    @property
    def plan(self) -> Plan:
        return Plan(
            Document(self.document, f"{self.document}.txt", "", self.year, "0" * 64),
            "",
            None,
            tuple(self.items),
        )


@dataclass(frozen=True)
class Built:
    """The records of some works, and their network."""

    plans: tuple[Plan, ...]
    entities: tuple[Entity, ...]
    facts: tuple[Fact, ...]
    mentions: tuple[Mention, ...]
    network: Network


def built(*works: Works) -> Built:
    plans = tuple(one.plan for one in works)
    mentions = tuple(mention for one in works for mention in one.mentions)
    entities = {node: entity for one in works for node, entity in one.entities.items()}
    facts = relate(plans, mentions, {}, _KNOWLEDGE)
    network = Network.of(plans, entities.values(), facts, mentions)
    return Built(plans, tuple(entities.values()), tuple(facts), mentions, network)
