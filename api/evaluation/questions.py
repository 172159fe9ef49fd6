"""Files of judged questions, read and checked.

Searches: ``{"id", "kind", "query", "items": {no: grade}, "steps": {key: grade}, "no_answer": bool}``; grade 2 is
what a reader would cite, 1 partly relevant. Traces: ``{"id", "kind": "trace", "node", "items": [no], "steps": [key]}``.
Impacts: ``{"id", "kind": "impact", "node", "items" | "steps" | "targets" | "sections" | "entities": {name: grade}}``,
targets as ``no/ordinal``. Asked: ``{"id", "kind": "ask", "query", "answered"}`` with ``items``, ``steps``, ``entities``
where the answer must give exactly these, ``includes_items`` and so on where it must give at least these, ``says`` and
``sections`` for what its text must say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import InputError

ANALYSES = ("trace", "impact", "ask")


class NotQuestions(InputError):
    """The file holds no judged questions."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One search and what answers it, by grade."""

    kind: str
    query: str
    items: Mapping[str, int]
    steps: Mapping[str, int]
    no_answer: bool


@dataclass(frozen=True, slots=True)
class JudgedAnalysis:
    """One trace, impact or asked question: ``asks`` is its node or question, ``gold`` what it must give."""

    id: str
    kind: str
    asks: str
    gold: Mapping[str, Any]


@dataclass(frozen=True)
class JudgedQuestions:
    """The judged questions of a file: searches, and traces, impacts and asked questions."""

    searches: tuple[Judged, ...] = ()
    analyses: tuple[JudgedAnalysis, ...] = field(default=())


def read_questions(path: Path) -> JudgedQuestions:
    """Read a file of judged questions. Raises :class:`NotQuestions` with what is wrong with it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotQuestions(f"无法读取“{path.name}”（{error.strerror}），请检查路径。") from None
    except ValueError:
        raise NotQuestions(f"“{path.name}”不是 JSON 文件，请给出一个问题列表。") from None
    if not isinstance(data, list) or not data:
        raise NotQuestions(f"“{path.name}”里没有问题，请给出一个由问题组成的列表。")
    read = [_read(path.name, number, entry) for number, entry in enumerate(data, 1)]
    return JudgedQuestions(
        tuple(one for one in read if isinstance(one, Judged)),
        tuple(one for one in read if isinstance(one, JudgedAnalysis)),
    )


def _read(name: str, number: int, entry: Any) -> Judged | JudgedAnalysis:
    try:
        if entry.get("kind") in ANALYSES:
            return _analysis(entry, number)
        items, steps = (
            {str(k): int(v) for k, v in entry.get(level, {}).items()} for level in ("items", "steps")
        )
        return Judged(
            str(entry.get("kind", "")), str(entry["query"]), items, steps, bool(entry.get("no_answer", False))
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise NotQuestions(
            f"“{name}”的第 {number} 个问题不完整，每个问题要有 query（或 node）、items 和 steps。"
        ) from None


def _analysis(entry: Mapping[str, Any], number: int) -> JudgedAnalysis:
    kind = entry["kind"]
    asks = str(entry["query" if kind == "ask" else "node"])
    for key in ("items", "steps") if kind == "trace" else ():
        if not isinstance(entry[key], Sequence):
            raise TypeError(key)
    return JudgedAnalysis(str(entry.get("id", number)), kind, asks, entry)
