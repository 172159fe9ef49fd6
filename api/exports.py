"""The graph as a file: Turtle, JSON lines, CSV and GraphML, written aside and renamed when whole."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx

from api.failures import BadRequest
from api.records import plain, span_json
from kg.errors import InputError
from kg.rdf import merged

if TYPE_CHECKING:
    from api.snapshot import Snapshot


def export(snapshot: Snapshot, format_: str, path: Path) -> dict[str, Any]:
    """Write ``snapshot`` to ``path``. Raises :class:`BadRequest` for an unknown format."""
    writer = FORMATS.get(format_.lower())
    if writer is None:
        raise BadRequest(f"不支持导出为“{format_}”，可用：{'、'.join(FORMATS)}。")
    data = writer(snapshot)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_bytes(data)
        os.replace(aside, path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise InputError(f"无法写入“{path}”（{error.strerror}），请换一个位置。") from None
    return {"format": format_.lower(), "file": str(path), "bytes": len(data)}


def _turtle(snapshot: Snapshot) -> bytes:
    return merged(snapshot.rdf).serialize(format="turtle").encode()


def _jsonl(snapshot: Snapshot) -> bytes:
    lines = (json.dumps(plain(fact), ensure_ascii=False) for fact in snapshot.facts)
    return "".join(f"{line}\n" for line in lines).encode()


def _csv(snapshot: Snapshot) -> bytes:
    """One row a piece of evidence, so that each can be looked up with a spreadsheet."""
    texts = snapshot.texts
    out = StringIO()
    rows = csv.writer(out)
    rows.writerow(["head", "relation", "tail", "method", "document", "line", "start", "end", "evidence"])
    for fact in snapshot.facts:
        for span in fact.evidence:
            words = texts[span.document][span.start : span.end]
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
        flat.add_node(
            node,
            **{k: json.dumps(v, ensure_ascii=False) if isinstance(v, tuple) else v for k, v in data.items()},
        )
    for head, tail, key, data in snapshot.graph.edges(keys=True, data=True):
        evidence = json.dumps([span_json(span) for span in data["evidence"]])
        flat.add_edge(
            head, tail, key=key, relation=data["relation"], method=data["method"], evidence=evidence
        )
    return "\n".join(nx.generate_graphml(flat)).encode()


FORMATS: Mapping[str, Callable[[Snapshot], bytes]] = {
    "turtle": _turtle,
    "jsonl": _jsonl,
    "csv": _csv,
    "graphml": _graphml,
}
