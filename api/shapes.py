"""Answers → the JSON shapes that the outside relies on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from api.answers.answer import Answer
from api.records import plain, span_json, step_json, target_json
from api.report.chapters import Report
from api.search.results import Hit, SearchAnswer
from kg.analysis import Affected, Hop, Impact, ImpactRules, Related, Trace, TracedItem
from kg.analysis.impact import MAX_PATHS
from kg.model import item_id


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


def asked_json(answer: Answer, build: str) -> dict[str, Any]:
    """The contract's Answer; ``query`` asked again gives the same answer."""
    draft = answer.draft
    several = len({document for document, _ in (*draft.items, *draft.steps)}) > 1
    return {
        "question": answer.question,
        "build": build,
        "intent": answer.query.intent,
        "answered": draft.answered,
        "text": draft.text,
        "documents": list(dict.fromkeys(document for document, _ in (*draft.items, *draft.steps))),
        "items": list(dict.fromkeys(no for _, no in draft.items)),
        "item_ids": [item_id(document, no) for document, no in draft.items],
        "steps": step_keys(draft.steps, several),
        "entities": list(draft.entities),
        "values": plain(draft.values),
        "query": answer.query.to_json(),
        "citations": plain(draft.citations),
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
    """The contract's Trace; step keys of several documents are prefixed with the document."""
    items = [_traced_item(item) for item in trace.items()]
    several = len({item["document"] for item in items}) > 1
    return {
        "entity": entity,
        "items": items,
        "sections": list(trace.sections),
        "projects": list(trace.of_type("Project")),
        "platforms": list(trace.of_type("Platform")),
        "targets": [
            {"document": item.document, "item": item.no} | target_json(target)
            for item, target in trace.targets
        ],
        "timeline": [{"month": m, "keys": step_keys(keys, several)} for m, keys in trace.timeline],
        "gaps": [{"document": document, "months": list(months)} for document, months in trace.gaps],
        "related": [_related(related, several) for related in trace.related],
    }


def step_keys(keys: Iterable[tuple[str, str]], several: bool) -> list[str]:
    """Step keys, with their document before them where there are ``several``."""
    return [f"{document}/{key}" if several else key for document, key in keys]


def _traced_item(item: TracedItem) -> dict[str, Any]:
    return {
        "document": item.item.document,
        "item": item.item.no,
        "content": item.item.content,
        "certainty": item.certainty,
        "steps": [
            step_json(s.step) | {"certainty": s.certainty, "path": path_json(s.path)} for s in item.steps
        ],
        "path": path_json(item.path),
        "mentions": plain(item.mentions),
    }


def _related(related: Related, several: bool) -> dict[str, Any]:
    shape: dict[str, Any] = {"id": related.id, "why": related.why}
    if related.path:
        shape["path"] = path_json(related.path)
    if related.steps:
        shape["steps"] = step_keys(related.steps, several)
    return shape


def impact_json(impact: Impact, all_paths: bool = False) -> dict[str, Any]:
    """The contract's Impact; ``since`` is the first planned month of a step that is affected.

    With ``all_paths``, ``paths_cut`` says of each result whether it has more than the ``MAX_PATHS`` given.
    """
    affected = [_affected(entry, impact.rules) for entry in impact.affected()]
    if all_paths:
        for at, entry in enumerate(affected):
            paths = [path_json(path) for path in impact.paths(at)]
            entry["paths"], entry["paths_cut"] = paths[:MAX_PATHS], len(paths) > MAX_PATHS
    return {
        "node": impact.node,
        "type": impact.type,
        "name": impact.name,
        "depth": impact.depth,
        "delay": impact.delay,
        "since": min((entry["since"] for entry in affected if entry["since"]), default=None),
        "affected": affected,
    }


def _affected(entry: Affected, rules: ImpactRules) -> dict[str, Any]:
    return {
        "id": entry.id,
        "type": entry.type,
        "name": entry.name,
        "document": entry.document,
        "item": entry.item,
        "effect": rules.labels.get(entry.effect, entry.effect),
        "score": round(entry.score, 6),
        "months": list(entry.months),
        "expected": list(entry.expected),
        "shift": entry.shift,
        "since": entry.since,
        "path": path_json(entry.path),
    }


def paths_json(one: str, other: str, paths: Sequence[Sequence[Hop]]) -> dict[str, Any]:
    """``length`` is how many facts the shortest paths have, ``None`` where nothing joins the two."""
    return {
        "from": one,
        "to": other,
        "length": len(paths[0]) if paths else None,
        "paths": [path_json(path) for path in paths],
    }


def report_json(report: Report, path: Path | None) -> dict[str, Any]:
    """The chapters of a report, and where it was written."""
    shape: dict[str, Any] = plain(report)
    return shape | {"file": str(path) if path else None}


def path_json(path: Iterable[Hop]) -> list[dict[str, Any]]:
    return [hop_json(hop) for hop in path]


def hop_json(hop: Hop) -> dict[str, Any]:
    return {"from": hop.head, "relation": hop.relation, "to": hop.tail, "evidence": span_json(hop.evidence)}
