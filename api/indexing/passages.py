"""What is indexed: several views of the same records, each a list of (id, text).

A step is searched by itself and in the context that a reader has — its item, section and months —
because 配合专班做好相关工作 alone says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.model import Entity, Item, Mention, Step
from kg.pipeline import Extraction

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
_EXAMPLES = 3
"""So many sentences describe an entity."""


@dataclass(frozen=True, slots=True)
class IndexedText:
    """A text to index and the id it is found by."""

    id: str
    text: str


def step_ref(document: str, key: str) -> str:
    return f"{document}/{key}"


def item_ref(document: str, no: int) -> str:
    return f"{document}/{no}"


def views_of(extraction: Extraction) -> Mapping[str, Sequence[IndexedText]]:
    """The passages of each view."""
    items = [item for plan in extraction.plans for item in plan.items]
    steps = [(item, step) for item in items for step in item.steps]
    return {
        STEP: [IndexedText(step_ref(item.document, step.key), step.text) for item, step in steps],
        STEP_IN_CONTEXT: [
            IndexedText(step_ref(item.document, step.key), in_context(item, step)) for item, step in steps
        ],
        ITEM: [IndexedText(item_ref(item.document, item.no), item.content) for item in items],
        WHOLE_ITEM: [IndexedText(item_ref(item.document, item.no), _whole(item)) for item in items],
        ENTITY: list(_entity_passages(extraction.entities, extraction.mentions, extraction)),
    }


def in_context(item: Item, step: Step) -> str:
    """事项标题｜科室｜月份：内容"""
    section = item.section.name if item.section else ""
    months = step.label or (f"{step.quarter}季度" if step.quarter else "")
    head = "｜".join(part for part in (item.content.rstrip("。"), section, months) if part)
    return f"{head}：{step.text}"


def _whole(item: Item) -> str:
    """All that an item says, but for who does it and when."""
    told = (item.content, item.measures, item.criteria, *(step.text for step in item.steps))
    return "\n".join(part for part in told if part)


def _entity_passages(
    entities: Sequence[Entity], mentions: Sequence[Mention], extraction: Extraction
) -> Iterator[IndexedText]:
    texts = {plan.document.id: plan.text for plan in extraction.plans}
    seen: dict[str, list[str]] = {}
    for mention in mentions:
        text = texts[mention.source.document]
        start = text.rfind("\n", 0, mention.source.start) + 1
        end = text.find("\n", mention.source.end)
        line = text[start : end if end >= 0 else len(text)].strip()
        lines = seen.setdefault(mention.entity, [])
        if len(lines) < _EXAMPLES and line not in lines and mention.where in ("content", "step"):
            lines.append(line)
    for entity in entities:
        names = "、".join(dict.fromkeys((entity.name, *entity.aliases)))
        yield IndexedText(entity.id, f"{names}：{' '.join(seen.get(entity.id, []))}"[:300])
