"""Any other question: the passages that a search finds, quoted."""

from __future__ import annotations

from api.ask.answer import Draft, cited, nothing
from api.ask.frame import Frame
from api.ask.query import Query
from api.search.constraints import Filters
from api.search.hits import Hit

_TOP = 3
_NEAR = 0.9
"""A passage beside the best must score so much of it."""


def search(query: Query, frame: Frame) -> Draft:
    """The best item for a question, and what its steps say of it."""
    filters = Filters(query.document)
    understood = frame.searcher.understand(query.text)
    best = frame.searcher.answer(understood, query.text, "item", _TOP, filters)
    if not best.answered:
        return nothing(best.note or "文件中没有与这个问题相符的内容。")
    items = [hit for hit in best.hits if hit.score >= _NEAR * best.hits[0].score]
    kept = {(hit.document, hit.item) for hit in items}
    hits = frame.searcher.answer(understood, query.text, "step", None, filters).hits
    steps = [hit for hit in hits if (hit.document, hit.item) in kept][:_TOP]
    network, places = frame.network, frame.searcher.catalogue.item_places
    records = [network.items[places[hit.document, int(hit.key)]] for hit in items]
    told = "；".join(_quoted(hit, frame) for hit in steps)
    return Draft(
        f"最相关的是{frame.wording.items(records)}。{told}{'。' if told else ''}",
        items=tuple((item.document, item.no) for item in records),
        steps=tuple((hit.document, hit.key) for hit in steps),
        entities=tuple(dict.fromkeys(f"section:{i.section.name}" for i in records if i.section)),
        citations=cited(hit.source for hit in (*items, *steps)),
    )


def _quoted(hit: Hit, frame: Frame) -> str:
    return f"{frame.wording.of(hit.document)}{hit.key}：“{hit.text.rstrip('。；')}”（第{hit.source.line}行）"
