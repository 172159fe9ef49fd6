"""Plan sets of any size, shaped like real ones: for measuring how analyses grow, not how text is read.

A plan has some 27 items of twelve months. Names are skewed as in the sample: a bureau speaks mostly of its own
county's companies, some of them in many steps (Zipf's law), and now and then of a national one that other bureaus
speak of too. Facts come from :func:`kg.relations.relate`, plan by plan, as in a build.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

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
    parse_id,
)
from kg.relations import relate

ITEMS, MONTHS = 27, 12
_LOCAL, _NATIONAL = 30, 2000
_COMPANY, _TOPIC, _TARGET = 0.3, 0.25, 0.12
"""How many steps name a company, a topic, a target: counted in the sample and in bench/gold."""
_ABROAD = 0.2
"""How many of the companies named are national ones."""
_OWN_PROJECT = 0.4
"""How many names of companies stand in the name of a project of theirs."""
_SYLLABLES = "海尔澳柯玛金能益凯信泰华芯宸瑞源昶禾沐珩弥川丰骅岱锂格润达芮帆黛美国鸿浪潮卓远恒盛启辰佳讯"
_SECTIONS = ("工业科", "信息化科", "科技项目科", "技改科", "人才科", "数据推广科", "综合科", "商贸科", "外贸科", "安全科")  # fmt: skip
_TOPICS = ("人工智能", "大数据", "机器人", "工业互联网", "新能源", "储能", "氢能", "智能制造", "跨境电商", "数字经济")  # fmt: skip


@dataclass
class Generated:
    """The records of a plan set, ready for :meth:`kg.analysis.Network.of`."""

    plans: list[Plan] = field(default_factory=list)
    entities: dict[str, Entity] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)


def generated(steps: int, seed: int = 2021) -> Generated:
    """A set of at least ``steps`` steps; the same seed gives the same set."""
    random = np.random.default_rng(seed)
    result, between = Generated(), dict[tuple[str, str, str], Fact]()
    knowledge = Knowledge()
    for number in range(-(-steps // (ITEMS * MONTHS))):
        writer = _Writer(number, random, result)
        plan = writer.plan()
        result.plans.append(plan)
        result.mentions += writer.mentions
        for fact in relate([plan], writer.mentions, {}, knowledge):
            if parse_id(fact.head).kind in ("item", "step", "document", "target"):
                result.facts.append(fact)
            else:
                between.setdefault((fact.head, fact.relation, fact.tail), fact)
    result.facts += between.values()
    return result


@dataclass
class _Writer:
    """Writes one plan: its text is never kept, only where each word of it would stand."""

    number: int
    random: np.random.Generator
    result: Generated
    at: int = 0
    mentions: list[Mention] = field(default_factory=list)

    def plan(self) -> Plan:
        name = f"plan-{self.number}"
        items = tuple(self._item(name, no) for no in range(1, ITEMS + 1))
        return Plan(Document(name, f"{name}.txt", name, 2021, "0" * 64), "", None, items)

    def _item(self, document: str, no: int) -> Item:
        section = _SECTIONS[_zipf(self.random, len(_SECTIONS))]
        content = self._span(document, 40)
        if self.random.random() < _COMPANY:
            self._company(content, no, None)
        steps = tuple(self._step(document, no, month) for month in range(1, MONTHS + 1))
        targets = tuple(self._targets(steps))
        named = self._span(document, len(section))
        self._entity("Section", section)
        return Item(
            document, no, True, f"推进第{no}项工作", Section(section, section, False), None, None, content, content,
            steps, targets, (), (Responsible(section, "lead", named),), named,
        )  # fmt: skip

    def _step(self, document: str, no: int, month: int) -> Step:
        source, key = self._span(document, 40), f"{no}:{month}"
        if self.random.random() < _COMPANY:
            self._company(source, no, key)
        if self.random.random() < _TOPIC:
            self._mention("Topic", _TOPICS[_zipf(self.random, len(_TOPICS))], source, 30, no, key)
        return Step(key, f"{month}月份", (month,), (month + 2) // 3, "推进项目建设", source)

    def _targets(self, steps: tuple[Step, ...]) -> Iterator[Target]:
        for step in steps:
            if self.random.random() < _TARGET:
                yield Target("完成10家", "完成", 10, "家", "=", step.months[0], "step", step.source, step.key)

    def _company(self, source: Span, no: int, key: str | None) -> None:
        abroad = self.random.random() < _ABROAD
        rank = _zipf(self.random, _NATIONAL if abroad else _LOCAL)
        company = invented_name(rank if abroad else _NATIONAL + self.number // 4 * _LOCAL + rank)
        if self.random.random() < _OWN_PROJECT:
            self._mention("Project", f"{company}{rank % 3}号项目", source, 0, no, key)
        self._mention("Company", company, source, 0, no, key)

    def _mention(
        self, type_: EntityType, name: str, source: Span, offset: int, no: int, key: str | None
    ) -> None:
        start = source.start + offset
        span = Span(source.document, source.line, start, start + len(name))
        where = "step" if key else "content"
        entity = self._entity(type_, name)
        self.mentions.append(Mention(span, name, type_, where, no, key, "ner", 1.0, entity, name))  # type: ignore[arg-type]

    def _entity(self, type_: EntityType, name: str) -> str:
        node = entity_id(type_, name)
        if node not in self.result.entities:
            self.result.entities[node] = Entity(node, type_, name, (name,))
        return node

    def _span(self, document: str, length: int) -> Span:
        start, self.at = self.at, self.at + length + 1
        return Span(document, start // 41 + 1, start, start + length)


def _zipf(random: np.random.Generator, count: int) -> int:
    """A rank below ``count`` by Zipf's law with exponent 1: the inverse of its distribution, continuous."""
    return min(count - 1, int((count + 1) ** random.random()) - 1)


def invented_name(number: int) -> str:
    """A different name for every number."""
    letters, rest = "", number
    while rest or len(letters) < 2:
        letters += _SYLLABLES[rest % len(_SYLLABLES)]
        rest //= len(_SYLLABLES)
    return letters + ("股份" if number % 7 == 0 else "科技" if number % 3 == 0 else "")
