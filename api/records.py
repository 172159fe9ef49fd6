"""Records ↔ JSON files of a build, and the JSON shapes that the outside sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from api.errors import WorkspaceError
from kg.model import Defect, Document, Entity, Item, Mention, Span, Step, Target

T = TypeVar("T")


def write_records(path: Path, records: Sequence[T], kind: type[T]) -> None:
    """One JSON array of records."""
    path.write_bytes(TypeAdapter(list[kind]).dump_json(list(records)))  # type: ignore[valid-type]


def read_records(path: Path, kind: type[T]) -> tuple[T, ...]:
    """The records of a file. Raises :class:`WorkspaceError` where it is missing or damaged."""
    try:
        return tuple(TypeAdapter(list[kind]).validate_json(path.read_bytes()))  # type: ignore[valid-type]
    except (OSError, ValidationError):
        raise WorkspaceError(
            f"工作区的构建文件“{path.name}”缺失或损坏，请运行 kg ingest --rebuild 重新生成。"
        ) from None


def plain(value: Any) -> Any:
    """Any record as JSON values; a span has table, row and column only where it stands in one."""
    if isinstance(value, Span):
        return span_json(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value


def span_json(span: Span) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "document": span.document,
        "line": span.line,
        "start": span.start,
        "end": span.end,
    }
    if span.table is not None:
        shape |= {"table": span.table, "row": span.row, "column": span.column}
    return shape


def document_json(document: Document, items: Sequence[Item], unread: Sequence[Defect] = ()) -> dict[str, Any]:
    mine = [item for item in items if item.document == document.id]
    return {
        "id": document.id,
        "name": document.name,
        "title": document.title,
        "year": document.year,
        "items": len(mine),
        "steps": sum(len(item.steps) for item in mine),
        "defects": sum(len(item.defects) for item in mine) + len(unread),
    }


def step_json(step: Step) -> dict[str, Any]:
    return {
        "key": step.key,
        "label": step.label,
        "months": list(step.months),
        "quarter": step.quarter,
        "text": step.text,
        "source": span_json(step.source),
    }


def target_json(target: Target) -> dict[str, Any]:
    shape: dict[str, Any] = plain(target)
    return shape


def item_json(item: Item) -> dict[str, Any]:
    return {
        "document": item.document,
        "no": item.no,
        "number_in_source": item.number_in_source,
        "content": item.content,
        "section": plain(item.section),
        "responsible": plain(item.responsible),
        "measures": item.measures,
        "criteria": item.criteria,
        "hotline": item.hotline,
        "source": span_json(item.source),
        "steps": [step_json(step) for step in item.steps],
        "targets": [target_json(target) for target in item.targets],
        "defects": plain(item.defects),
    }


def entity_json(entity: Entity, mentions: Sequence[Mention]) -> dict[str, Any]:
    """``mentions`` are those of the entity, in the order of the text."""
    items = dict.fromkeys((m.source.document, m.item) for m in mentions if m.item is not None)
    return {
        "id": entity.id,
        "type": entity.type,
        "name": entity.name,
        "aliases": list(entity.aliases),
        "reasons": dict(entity.reasons),
        "items": sorted({no for _, no in items if no is not None}),
        "documents": list(dict.fromkeys(document for document, _ in items)),
        "mentions": len(mentions),
    }


def mention_json(mention: Mention) -> dict[str, Any]:
    return {
        "document": mention.source.document,
        "item": mention.item,
        "where": mention.where,
        "line": mention.source.line,
        "start": mention.source.start,
        "end": mention.source.end,
        "surface": mention.surface,
        "entity": mention.entity,
        "type": mention.type,
        "name": mention.name,
        "step": mention.step,
        "annotator": mention.annotator,
        "confidence": mention.confidence,
    }
