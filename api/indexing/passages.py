"""What is indexed: several views of the same records, each a list of (id, text).

A step is searched by itself and in the context that a reader has — its item, section and months —
because 配合专班做好相关工作 alone says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.indexing.folding import simplified
from kg.model import Entity, Item, Mention, Plan, Span, Step

STEP, STEP_IN_CONTEXT, ITEM, WHOLE_ITEM, ENTITY = (
    "steps",
    "steps-in-context",
    "items",
    "whole-items",
    "entities",
)
DENSE = (STEP, STEP_IN_CONTEXT, ITEM, ENTITY)
"""The views whose meaning is indexed; a whole item is too long to have one."""
LEXICAL = (STEP, WHOLE_ITEM, ENTITY)
"""The views whose words are indexed; the words of a context are those of its item."""
BETWEEN = "\0"
"""Stands in no text."""
_EXAMPLES = 3
"""So many sentences describe an entity."""


@dataclass(frozen=True, slots=True)
class IndexedText:
    """A text to index and the id it is found by."""

    id: str
    text: str


def step_ref(document: str, key: str) -> str:
    """What a step is called in an index: ``document/13:8``."""
    return f"{document}/{key}"


def item_ref(document: str, no: int) -> str:
    """What an item is called in an index: ``document/13``."""
    return f"{document}/{no}"


def plan_texts(plan: Plan) -> Mapping[str, Sequence[IndexedText]]:
    """The texts of one plan for each view but that of entities; nothing else has a part in them."""
    steps = [(item, step) for item in plan.items for step in item.steps]
    return {
        STEP: [IndexedText(step_ref(item.document, step.key), step.text) for item, step in steps],
        STEP_IN_CONTEXT: [
            IndexedText(step_ref(item.document, step.key), in_context(item, step)) for item, step in steps
        ],
        ITEM: [IndexedText(item_ref(item.document, item.no), item.content) for item in plan.items],
        WHOLE_ITEM: [IndexedText(item_ref(item.document, item.no), _whole(item)) for item in plan.items],
    }


def in_context(item: Item, step: Step) -> str:
    """事项标题｜科室｜月份：内容"""
    section = item.section.name if item.section else ""
    months = step.label or (f"{step.quarter}季度" if step.quarter else "")
    head = "｜".join(part for part in (item.content.rstrip("。"), section, months) if part)
    return f"{head}：{step.text}"


def _whole(item: Item) -> str:
    """All that an item says, but for who does it and when."""
    parts = (item.content, item.measures, item.criteria, *(step.text for step in item.steps))
    return "\n".join(part for part in parts if part)


def own_texts(plan: Plan) -> Iterator[str]:
    """What every item says outside its steps, folded; a line of :data:`BETWEEN` parts one text from the next."""
    for item in plan.items:
        texts = (item.content, item.measures, item.criteria)
        yield BETWEEN.join(simplified(text) for text in texts if text)


def examples(text: str, mentions: Iterable[Mention]) -> Mapping[str, Sequence[str]]:
    """For each entity that one document mentions, the first lines of contents and steps that do."""
    found: dict[str, list[str]] = {}
    for mention in mentions:
        lines = found.setdefault(mention.entity, [])
        if len(lines) < _EXAMPLES and mention.where in ("content", "step"):
            line = _line(text, mention.source)
            if line not in lines:
                lines.append(line)
    return found


def _line(text: str, span: Span) -> str:
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    return text[start : end if end >= 0 else len(text)].strip()


def entity_texts(
    entities: Iterable[Entity], documents: Sequence[Mapping[str, Sequence[str]]]
) -> Iterator[IndexedText]:
    """An entity's names, and the first lines that mention it; ``documents`` are the examples of each."""
    lines: dict[str, list[str]] = {}
    for document in documents:
        for entity_, shown in document.items():
            known = lines.setdefault(entity_, [])
            if len(known) < _EXAMPLES:
                known += [line for line in shown if line not in known]
    for entity in entities:
        first = lines.get(entity.id, [])[:_EXAMPLES]
        names = "、".join(dict.fromkeys((entity.name, *entity.aliases)))
        yield IndexedText(entity.id, f"{names}：{' '.join(first)}"[:300])
