"""Who answers for what: responsible units, hotlines, what is missing, and sections side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from api.answers.answer import Draft, Value, cited, no_answer
from api.answers.context import AnswerContext
from api.answers.selection import Selection, select
from api.questions.query import Query
from kg.model import Item, Span

_EMPTY: Mapping[str, Callable[[Item], bool]] = {
    "hotline": lambda item: not item.hotline,
    "section": lambda item: not item.section and not item.responsible,
    "targets": lambda item: not item.targets,
    "steps": lambda item: not item.steps,
    "measures": lambda item: not item.measures,
}
_FIELDS = {
    "hotline": "监督热线",
    "section": "责任科室",
    "targets": "量化目标",
    "steps": "分月步骤",
    "measures": "执行措施",
}


def responsible(query: Query, context: AnswerContext) -> Draft:
    """Which units answer for an item, an entity or a described piece of work."""
    selection = context.strictly_about(query)
    if selection is None or not len(selection.items):
        return no_answer(f"文件中没有写明{context.subject(query) or '这项工作'}由哪个科室负责。")
    records = selection.item_records()
    units = [(item, *unit) for item in records for unit in _units(item)]
    if not units:
        return no_answer(f"{context.phrasing.items(records)}没有写明责任科室。")
    phrases = [f"{context.phrasing.item(item)}由{_named(item)}负责" for item in records if _named(item)]
    names = dict.fromkeys(name for _, name, _ in units)
    return Draft(
        f"{context.phrasing.some(list(names), '、', f'等 {len(names)} 个单位')}。{context.phrasing.some(phrases, '；', '等')}。",
        items=selection.item_keys,
        steps=selection.step_keys if query.entities or query.words else (),
        entities=tuple(dict.fromkeys((*query.entities, *(f"section:{name}" for name in names)))),
        values=tuple(Value(name, span) for _, name, span in units),
        citations=cited(span for _, _, span in units),
    )


def _units(item: Item) -> list[tuple[str, Span]]:
    units = [(unit.name, unit.source) for unit in item.responsible]
    if item.section and item.section_source and item.section.name not in dict(units):
        units.insert(0, (item.section.name, item.section_source))
    return units


def _named(item: Item) -> str:
    return "、".join(name for name, _ in _units(item))


def hotline(query: Query, context: AnswerContext) -> Draft:
    """The supervision hotline of items."""
    selection = context.strictly_about(query)
    if selection is None or not len(selection.items):
        return no_answer("文件中没有写明这件事的监督热线。")
    records = selection.item_records()
    given = [item for item in records if item.hotline]
    if not given:
        return no_answer(f"{context.phrasing.items(records)}没有写明监督热线。")
    numbers = {item.hotline: [i for i in given if i.hotline == item.hotline] for item in given}
    phrases = [
        f"{context.phrasing.some([context.phrasing.number(i) for i in same], '、', '等')}的监督热线是 {number}"
        for number, same in numbers.items()
    ]
    spans = [item.supervision_source or item.source for item in given]
    return Draft(
        f"{'；'.join(phrases)}。",
        items=tuple((item.document, item.no) for item in given),
        values=tuple(Value(item.hotline or "", item.supervision_source or item.source) for item in given),
        citations=cited(spans),
    )


def lacking(query: Query, context: AnswerContext) -> Draft:
    """Which items leave a field empty."""
    selection = select(replace(query, entities=()), context.searcher)
    field = _FIELDS[query.lacking]
    if query.of_steps and query.lacking == "targets":
        return _steps_without_targets(selection, query, context)
    records = [item for item in selection.item_records() if _EMPTY[query.lacking](item)]
    if not records:
        return Draft(f"共 0 个：{context.subject(query)}的事项都写明了{field}。")
    return Draft(
        f"没有写明{field}的事项共 {len(records)} 个：{context.phrasing.items(records)}。",
        items=tuple((item.document, item.no) for item in records),
        citations=cited(item.source for item in records),
    )


def _steps_without_targets(selection: Selection, query: Query, context: AnswerContext) -> Draft:
    found = [
        (item, step)
        for item, step in selection.step_records()
        if not any(target.step == step.key for target in item.targets)
    ]
    return Draft(
        f"{context.subject(query)}没有写明量化目标的步骤共 {len(found)} 个。{context.phrasing.steps(found)}。",
        items=tuple(dict.fromkeys((item.document, item.no) for item, _ in found)),
        steps=tuple((item.document, step.key) for item, step in found),
        citations=cited(step.source for _, step in found),
    )


def compare(query: Query, context: AnswerContext) -> Draft:
    """Sections, or entities, side by side: items, steps and targets of each."""
    sides = _sides(query, context)
    ranked = sorted(sides, key=lambda side: -len(side[1].items))
    phrases = context.phrasing.some(
        [f"{name}{_size(side)}" for name, side in ranked], "；", f"等 {len(ranked)} 个"
    )
    steps = [one for _, side in ranked for one in side.step_records()] if query.months else []
    return Draft(
        f"{phrases}。{_verdict(ranked)}。" + (f"{context.phrasing.steps(steps)}。" if steps else ""),
        answered=any(side for _, side in sides),
        items=tuple(dict.fromkeys(key for _, side in ranked for key in side.item_keys)),
        steps=tuple((item.document, step.key) for item, step in steps),
        entities=query.entities if len(query.entities) > 1 else tuple(f"section:{n}" for n, _ in ranked),
        citations=cited(
            item.section_source or item.content_source for _, side in sides for item in side.item_records()
        ),
    )


def _sides(query: Query, context: AnswerContext) -> Sequence[tuple[str, Selection]]:
    """Sections or entities as they are named, else all sections there are."""
    if len(query.sections) < 2 and len(query.entities) > 1:
        one_each = [(context.name(entity), replace(query, entities=(entity,))) for entity in query.entities]
    else:
        named = query.sections if len(query.sections) > 1 else context.sections
        one_each = [(name, replace(query, sections=(name,))) for name in named]
    return [(name, select(side, context.searcher)) for name, side in one_each]


def _verdict(ranked: Sequence[tuple[str, Selection]]) -> str:
    """Which side has the most items, the sides coming by their number."""
    counts = [len(side.items) for _, side in ranked]
    first = [name for (name, _), count in zip(ranked, counts, strict=True) if count == counts[0]]
    if len(ranked) == 2:
        return "事项一样多" if len(first) == 2 else f"{first[0]}的事项更多，多 {counts[0] - counts[1]} 个"
    return f"事项最多的是{'、'.join(first)}，{counts[0]} 个"


def _size(side: Selection) -> str:
    targets = sum(len(item.targets) for item in side.item_records())
    return f"有 {len(side.items)} 个事项、{len(side.steps)} 个步骤、{targets} 个目标"
