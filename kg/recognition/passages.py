"""The stretches of a plan that are searched for names, each by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.model import Item, Plan, Span, Where


@dataclass(frozen=True, slots=True)
class Passage:
    """One stretch of a document that is annotated by itself."""

    text: str
    source: Span
    where: Where
    item: int | None = None
    step: str | None = None
    months: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> Span:
        """Where ``text[start:end]`` stands in the document."""
        line = self.source.line + self.text.count("\n", 0, start)
        return replace(self.source, line=line, start=self.source.start + start, end=self.source.start + end)


def passages_of(plan: Plan) -> Iterator[Passage]:
    """Every passage of a plan that is searched for names, in the order of the text."""
    if plan.title_source:
        yield Passage(plan.document.title, plan.title_source, "title")
    for source in plan.prose:
        yield Passage(plan.text[source.start : source.end], source, "prose")
    for item in plan.items:
        yield from _item_passages(plan.text, item)


def _item_passages(text: str, item: Item) -> Iterator[Passage]:
    yield Passage(item.content, item.content_source, "content", item.no)
    for step in item.steps:
        if step.source != item.content_source:
            yield Passage(step.text, step.source, "step", item.no, step.key, step.months)
    others: list[tuple[Where, Span | None]] = [
        *(("measures", source) for source in item.measures_sources),
        *(("criteria", source) for source in item.criteria_sources),
        ("section", item.section_source),
        ("supervision", item.supervision_source),
    ]
    for where, source in others:
        if source:
            yield Passage(text[source.start : source.end], source, where, item.no)
