"""Answers of searches and of questions → their shapes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from api.schemas import AnswerShape, HitShape, SearchAnswerShape, UnderstoodShape, ValueShape
from api.shaping.records import span_shape
from kg.model import item_id

if TYPE_CHECKING:
    from api.answers.answer import Answer
    from api.questions.understanding import Understood
    from api.search.results import Hit, SearchAnswer


def search_answer_shape(answer: SearchAnswer, build: str) -> SearchAnswerShape:
    """What a search found in a build."""
    return SearchAnswerShape(
        query=answer.query,
        build=build,
        answered=answer.answered,
        note=answer.note,
        understood=_understood(answer.understood),
        hits=[_hit(hit) for hit in answer.hits],
        nearest=[_hit(hit) for hit in answer.nearest],
        found=dict(answer.found),
    )


def _understood(understood: Understood) -> UnderstoodShape:
    return UnderstoodShape(
        text=understood.text,
        entities=list(understood.entities),
        sections=list(understood.sections),
        months=list(understood.months),
        items=list(understood.items),
        kinds=list(understood.kinds),
        whole_set=understood.whole_set,
        expanded=list(understood.expanded),
        corrected=[list(pair) for pair in understood.corrected],
    )


def _hit(hit: Hit) -> HitShape:
    return HitShape(
        key=hit.key,
        level=hit.level,
        document=hit.document,
        item=hit.item,
        text=hit.text,
        score=round(hit.score, 6),
        parts={name: round(value, 6) for name, value in hit.parts.items()},
        highlights=[list(mark) for mark in hit.highlights],
        source=span_shape(hit.source),
        certainty=hit.certainty,
    )


def answer_shape(answer: Answer, build: str) -> AnswerShape:
    """The answer to a question; ``query`` asked again gives the same answer."""
    draft = answer.draft
    documents = list(dict.fromkeys(document for document, _ in (*draft.items, *draft.steps)))
    return AnswerShape(
        question=answer.question,
        build=build,
        intent=answer.query.intent,  # type: ignore[arg-type]
        answered=draft.answered,
        text=draft.text,
        documents=documents,
        items=list(dict.fromkeys(no for _, no in draft.items)),
        item_ids=[item_id(document, no) for document, no in draft.items],
        steps=step_keys(draft.steps, len(documents) > 1),
        entities=list(draft.entities),
        values=[ValueShape(text=value.text, source=span_shape(value.source)) for value in draft.values],
        query=answer.query.to_json(),
        citations=[span_shape(span) for span in draft.citations],
    )


def step_keys(keys: Iterable[tuple[str, str]], several: bool) -> list[str]:
    """Step keys, with their document before them where there are ``several``."""
    return [f"{document}/{key}" if several else key for document, key in keys]
