"""The graph as a file: Turtle, JSON lines, CSV and GraphML, written aside and renamed when whole."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx

from api.errors import BadRequest
from api.schemas import ExportedShape
from api.shaping import fact_shape, span_shape
from embeddings.files import replacing
from kg.errors import InputError
from kg.rdf import merged

if TYPE_CHECKING:
    from api.workspace.snapshot import Snapshot


def export(snapshot: Snapshot, format_: str, path: Path) -> ExportedShape:
    """Write ``snapshot`` to ``path``.

    Raises :class:`BadRequest` for an unknown format, :class:`kg.errors.InputError` where nothing can be written.
    """
    writer = FORMATS.get(format_.lower())
    if writer is None:
        raise BadRequest(f"不支持导出为“{format_}”，可用：{'、'.join(FORMATS)}。")
    data = writer(snapshot)
    try:
        _write(path, data)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"无法写入“{path}”（{reason}），请换一个位置。") from None
    return ExportedShape(format=format_.lower(), file=str(path), bytes=len(data))


def _write(path: Path, data: bytes) -> None:
    """Write aside and rename; through a link where it leads, into a device as it is."""
    target = path.resolve()
    if target.is_dir():
        raise IsADirectoryError(21, "是文件夹")
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    with replacing(target) as aside:
        aside.write_bytes(data)


def _turtle(snapshot: Snapshot) -> bytes:
    return merged(snapshot.rdf).serialize(format="turtle").encode()


def _jsonl(snapshot: Snapshot) -> bytes:
    return "".join(f"{fact_shape(fact).to_json()}\n" for fact in snapshot.facts).encode()


def _csv(snapshot: Snapshot) -> bytes:
    """One row a piece of evidence, so that each can be looked up with a spreadsheet."""
    out = StringIO()
    rows = csv.writer(out)
    rows.writerow(["head", "relation", "tail", "method", "document", "line", "start", "end", "evidence"])
    for fact in snapshot.facts:
        for span in fact.evidence:
            words = snapshot.text(span.document)[span.start : span.end]
            rows.writerow(
                [
                    fact.head,
                    fact.relation,
                    fact.tail,
                    fact.method,
                    span.document,
                    span.line,
                    span.start,
                    span.end,
                    words,
                ]
            )
    # A BOM makes Excel read Chinese CSV as UTF-8.
    return out.getvalue().encode("utf-8-sig")


def _graphml(snapshot: Snapshot) -> bytes:
    flat: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node, data in snapshot.graph.nodes(data=True):
        flat.add_node(_xml(node), **{key: _xml(value) for key, value in data.items()})
    edges = snapshot.graph.edges(data=True)
    for number, (head, tail, data) in enumerate(edges):
        evidence = json.dumps([span_shape(span).plain() for span in data["evidence"]])
        # The key becomes the edge's id, which GraphML wants unique.
        flat.add_edge(
            _xml(head),
            _xml(tail),
            key=f"e{number}",
            relation=data["relation"],
            method=data["method"],
            evidence=evidence,
        )
    return "\n".join(nx.generate_graphml(flat)).encode()


def _xml(value: Any) -> Any:
    """A value that XML 1.0 can hold: lists as JSON, no control characters."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else value
    return _NOT_XML.sub("\ufffd", text) if isinstance(text, str) else text


_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

FORMATS: Mapping[str, Callable[[Snapshot], bytes]] = {
    "turtle": _turtle,
    "jsonl": _jsonl,
    "csv": _csv,
    "graphml": _graphml,
}
