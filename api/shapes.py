"""Answers → the JSON shapes that the outside relies on."""

from __future__ import annotations

from typing import Any

from api.records import plain, span_json, step_json
from api.search.hits import Hit, SearchAnswer
from kg.analysis import Hop, Trace, TracedItem


def answer_json(answer: SearchAnswer, build: str) -> dict[str, Any]:
    """The contract's SearchAnswer."""
    understood = answer.understood
    return {
        "query": answer.query,
        "build": build,
        "answered": answer.answered,
        "note": answer.note,
        "understood": {
            "text": understood.text,
            "entities": list(understood.entities),
            "sections": list(understood.sections),
            "months": list(understood.months),
            "items": list(understood.items),
            "kinds": list(understood.kinds),
            "whole_set": understood.whole_set,
            "expanded": list(understood.expanded),
            "corrected": [list(pair) for pair in understood.corrected],
        },
        "hits": [hit_json(hit) for hit in answer.hits],
        "nearest": [hit_json(hit) for hit in answer.nearest],
        "found": dict(answer.found),
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """The contract's Hit."""
    return {
        "key": hit.key,
        "level": hit.level,
        "document": hit.document,
        "item": hit.item,
        "text": hit.text,
        "score": round(hit.score, 6),
        "parts": {name: round(value, 6) for name, value in hit.parts.items()},
        "highlights": [list(mark) for mark in hit.highlights],
        "source": span_json(hit.source),
        "certainty": hit.certainty,
    }


def trace_json(trace: Trace, entity: dict[str, Any]) -> dict[str, Any]:
    """The contract's Trace; timeline keys of several documents are prefixed with the document."""
    documents = {item.document for item in trace.items}

    def key(document: str, step: str) -> str:
        return step if len(documents) <= 1 else f"{document}/{step}"

    return {
        "entity": entity,
        "items": [_traced_item(item) for item in trace.items],
        "sections": list(trace.sections),
        "projects": list(trace.projects),
        "platforms": list(trace.platforms),
        "targets": plain(trace.targets),
        "timeline": [{"month": m, "keys": [key(d, k) for d, k in keys]} for m, keys in trace.timeline],
        "related": plain(trace.related),
    }


def _traced_item(item: TracedItem) -> dict[str, Any]:
    return {
        "document": item.document,
        "item": item.item,
        "certainty": item.certainty,
        "steps": [step_json(s.step) | {"certainty": s.certainty} for s in item.steps],
        "path": [hop_json(hop) for hop in item.path],
        "mentions": plain(item.mentions),
    }


def hop_json(hop: Hop) -> dict[str, Any]:
    return {"from": hop.head, "relation": hop.relation, "to": hop.tail, "evidence": span_json(hop.evidence)}
