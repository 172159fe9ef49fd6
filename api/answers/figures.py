"""Numbers and dates: the targets of something, due by a month, above a bound; when something is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from api.answers.answer import Draft, Value, cited, no_answer
from api.answers.context import AnswerContext
from api.answers.selection import coverage, select
from api.indexing.folding import simplified
from api.questions.query import Query
from api.wording import months, when
from kg.analysis import trace
from kg.model import Item, Step, Target

_YEAR = 12
_ENOUGH = 0.5
Found = list[tuple[Item, Target]]


def targets(query: Query, context: AnswerContext) -> Draft:
    """The targets that satisfy a query, the last due first where a deadline is asked for."""
    chosen = [(item, target) for item, target in _candidates(query, context) if _fits(target, query)]
    said = _matching(chosen, query, context)
    if not said:
        return no_answer(f"文件中没有写明{context.subject(query)}{_bound(query)}这样的目标。")
    ordered = sorted(said, key=lambda found: -(found[1].month or _YEAR)) if query.by else said
    return Draft(
        f"{context.subject(query)}{_bound(query)}的目标共 {len(ordered)} 个：{context.phrasing.targets(ordered)}。",
        items=tuple(dict.fromkeys((item.document, item.no) for item, _ in said)),
        steps=tuple(dict.fromkeys((item.document, target.step) for item, target in said if target.step)),
        entities=query.entities,
        values=tuple(Value(target.text, target.source) for _, target in ordered),
        citations=cited(target.source for _, target in said),
    )


def _candidates(query: Query, context: AnswerContext) -> Iterator[tuple[Item, Target]]:
    network = context.network
    of_entities = None
    for entity in query.entities:
        mine = {(item.id, target.source) for item, target in trace(entity, network).targets}
        of_entities = mine if of_entities is None or not of_entities & mine else of_entities & mine
    allowed = set(select(_without_months(query), context.searcher).items.tolist())
    for place, target in zip(network.item_of_target.tolist(), network.targets, strict=True):
        item = network.items[place]
        if place in allowed and (of_entities is None or (item.id, target.source) in of_entities):
            yield item, target


def _without_months(query: Query) -> Query:
    """Months choose targets by their deadlines, not items by their steps."""
    return Query("targets", query.entities, query.sections, (), query.items, document=query.document)


def _fits(target: Target, query: Query) -> bool:
    if query.months and target.month not in query.months:
        return False
    if query.by is not None and (target.month or _YEAR) > query.by:
        return False
    if query.unit and not (query.unit in target.unit or target.unit in query.unit):
        return False
    if query.at_least is not None and target.number < query.at_least:
        return False
    return query.at_most is None or target.number <= query.at_most


def _matching(found: Found, query: Query, context: AnswerContext) -> Found:
    """Of some targets those that say one of the words; none where none says the last, which is what is asked for."""
    if not query.words:
        return found
    texts = [simplified(f"{target.text} {target.metric}") for _, target in found]

    def says(text: str, alternatives: Sequence[str]) -> bool:
        return any(word in text for word in alternatives)

    if not any(says(text, query.words[-1]) for text in texts):
        return []
    best = max(coverage(text, query.words) for text in texts)
    wanted = [any(says(text, alternatives) for alternatives in query.words) for text in texts]
    return [one for one, kept in zip(found, wanted, strict=True) if kept] if best >= _ENOUGH / 2 else []


def _bound(query: Query) -> str:
    parts = [
        f"{query.at_least:g}{query.unit}以上" if query.at_least is not None else "",
        f"{query.at_most:g}{query.unit}以下" if query.at_most is not None else "",
        f"{query.by}月底前到期" if query.by else "",
    ]
    return "".join(parts)


def when_is(query: Query, context: AnswerContext) -> Draft:
    """In which month something is started, finished or done: the step that says it."""
    selection = context.about(query)
    if selection is None:
        return no_answer(f"文件中没有写明{context.subject(query) or '这件事'}的时间。")
    asked = [*query.words, *([tuple(context.phases[query.phase])] if query.phase else [])]
    dated = [(item, step) for item, step in selection.step_records() if when(step)]
    # What the content of an item is about, its steps need not name again.
    whole = [(item, step) for item in selection.item_records() for step in item.steps if when(step)]
    best = _best(dated, asked, query) or (_best(whole, asked, query) if query.words else [])
    if not best:
        phrases = context.phrasing.items(selection.item_records())
        return no_answer(f"文件中没有写明这件事在哪个月。相关的是{phrases}。")
    found = sorted({month for _, step in best for month in step.months})
    said = months(found) or when(best[0][1])
    return Draft(
        f"{said}。{'；'.join(context.phrasing.step(item, step) for item, step in best)}。",
        items=tuple(dict.fromkeys((item.document, item.no) for item, _ in best)),
        steps=tuple((item.document, step.key) for item, step in best),
        entities=query.entities,
        values=tuple(Value(when(step), step.source) for _, step in best),
        citations=cited(step.source for _, step in best),
    )


def _best(
    dated: Sequence[tuple[Item, Step]], asked: Sequence[tuple[str, ...]], query: Query
) -> list[tuple[Item, Step]]:
    """The steps that say most of what is asked for; of a start or an end, one: the nearest to the question's
    own words, and of several the first start or the last end."""
    if not asked or not dated:
        return list(dated)
    scores = np.array([coverage(step.text, asked) for _, step in dated])
    if scores.max() < _ENOUGH:
        return []
    best = [one for one, score in zip(dated, scores, strict=True) if score >= scores.max() - 1e-9]
    if not query.phase:
        return best
    echoes = [len(_pairs(step.text) & _pairs(query.text)) for _, step in best]
    nearest = [one for one, echo in zip(best, echoes, strict=True) if echo == max(echoes)]
    pick = min if query.phase == "start" else max
    chosen = pick(nearest, key=lambda one: one[1].months or (0,))
    return [one for one in nearest if one[1].months == chosen[1].months]


def _pairs(text: str) -> set[str]:
    folded = simplified(text)
    return {folded[at : at + 2] for at in range(len(folded) - 1)}
