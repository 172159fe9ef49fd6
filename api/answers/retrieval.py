"""Any other question: the passages that a search finds, quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from api.answers.answer import Draft, cited, no_answer
from api.answers.context import AnswerContext
from api.answers.selection import coverage
from api.questions.query import Query
from api.search.filters import Filters
from api.search.results import Hit
from kg.model import Item, Span

_TOP = 3
_NEAR = 0.9
"""An item beside the best must score so much of it."""
_SENTENCE = re.compile(r"[^。；\n]+")


def search(query: Query, context: AnswerContext) -> Draft:
    """The best items for a question, and what their steps and measures say of it."""
    filters = Filters(query.document)
    understood = context.searcher.understand(query.text)
    best = context.searcher.answer(understood, query.text, "item", _TOP, filters)
    if not best.answered:
        return no_answer(best.note or "文件中没有与这个问题相符的内容。")
    items = [hit for hit in best.hits if hit.score >= _NEAR * best.hits[0].score]
    kept = {(hit.document, hit.item) for hit in items}
    hits = context.searcher.answer(understood, query.text, "step", None, filters).hits
    steps = [hit for hit in hits if (hit.document, hit.item) in kept][:_TOP]
    catalogue = context.searcher.catalogue
    records = [catalogue.items[catalogue.item_place(hit.document, int(hit.key))] for hit in items]
    said = max((coverage(hit.text, query.words) for hit in steps), default=0.0) if query.words else 1.0
    measures = [span for item in records for span in _measures(item, query, said, context)]
    phrases = [*(_quoted(hit, context) for hit in steps), *(_measure(span, context) for span in measures)]
    return Draft(
        f"最相关的是{context.phrasing.items(records)}。{'；'.join(phrases)}{'。' if phrases else ''}",
        items=tuple((item.document, item.no) for item in records),
        steps=tuple((hit.document, hit.key) for hit in steps),
        entities=tuple(dict.fromkeys(f"section:{i.section.name}" for i in records if i.section)),
        citations=cited([*(hit.source for hit in (*items, *steps)), *measures]),
    )


def _measures(item: Item, query: Query, said: float, context: AnswerContext) -> Iterator[Span]:
    """The sentences of an item's measures that say more of a question than its steps do."""
    text = context.snapshot.text(item.document)
    for source in item.measures_sources:
        for match in _SENTENCE.finditer(text, source.start, source.end):
            if coverage(match.group(), query.words) > said:
                line = source.line + text.count("\n", source.start, match.start())
                yield Span(item.document, line, match.start(), match.end())


def _measure(span: Span, context: AnswerContext) -> str:
    words = context.snapshot.text(span.document)[span.start : span.end].strip()
    return f"{context.phrasing.of(span.document)}执行措施“{words}”（第{span.line}行）"


def _quoted(hit: Hit, context: AnswerContext) -> str:
    return (
        f"{context.phrasing.of(hit.document)}{hit.key}：“{hit.text.rstrip('。；')}”（第{hit.source.line}行）"
    )
