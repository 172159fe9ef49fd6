"""Records and answers → the shapes of :mod:`api.schemas`; the only place where shapes are made of records."""

from api.shaping.analysis import impact_shape, paths_shape, trace_shape
from api.shaping.answers import answer_shape, search_answer_shape
from api.shaping.curation import decision_shape, recorded_shape
from api.shaping.records import (
    document_shape,
    entity_detail_shape,
    entity_shape,
    fact_shape,
    item_shape,
    mention_shape,
    span_shape,
)
from api.shaping.reports import report_shape

__all__ = [
    "answer_shape",
    "decision_shape",
    "document_shape",
    "entity_detail_shape",
    "entity_shape",
    "fact_shape",
    "impact_shape",
    "item_shape",
    "mention_shape",
    "paths_shape",
    "recorded_shape",
    "report_shape",
    "search_answer_shape",
    "span_shape",
    "trace_shape",
]
