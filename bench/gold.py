"""Gold annotations: our marked-up plans, and annotation files given by path.

Marked text carries ``[[Type:surface]]`` or ``[[Type|canonical:surface]]``, nested where names nest;
``[[Type?:…]]`` is neither required nor wrong; ``[[Target|15|家:clause]]`` is a target. Stripped of its
marks it is the plan.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_OPEN = re.compile(
    r"\[\[(?P<type>[A-Za-z]+)(?P<optional>\?)?(?:\|(?P<name>[^:\[\]|]+)(?:\|(?P<unit>[^:\[\]|]*))?)?:"
)
_TYPES = {"Document": "PolicyDocument"}


@dataclass(frozen=True, slots=True)
class GoldMention:
    """``text[start:end]`` names ``entity``; ``required`` is false for borderline ones."""

    start: int
    end: int
    type: str
    entity: str
    required: bool


@dataclass(frozen=True, slots=True)
class GoldTarget:
    """A target on a 1-based line."""

    line: int
    number: float
    unit: str
    required: bool


@dataclass(frozen=True)
class Gold:
    """One annotated text. ``scope`` is the set of item numbers annotated, ``None`` for all."""

    name: str
    text: str
    mentions: tuple[GoldMention, ...]
    targets: tuple[GoldTarget, ...]
    scope: frozenset[int] | None = None


def read_marked(path: Path) -> Gold:
    """Read a ``*.marked.txt`` file. Raises :class:`ValueError` where the marks do not balance."""
    marked = path.read_text(encoding="utf-8")
    plain: list[str] = []
    size, position = 0, 0
    open_: list[tuple[re.Match[str], int]] = []
    mentions: list[GoldMention] = []
    targets: list[GoldTarget] = []
    while position < len(marked):
        opening = _OPEN.match(marked, position)
        if opening:
            open_.append((opening, size))
            position = opening.end()
        elif open_ and marked.startswith("]]", position):
            match, start = open_.pop()
            surface = "".join(plain)[start:size]
            line = "".join(plain).count("\n", 0, start) + 1
            _close(match, start, size, surface, line, mentions, targets)
            position += 2
        else:
            plain.append(marked[position])
            size, position = size + 1, position + 1
    if open_:
        raise ValueError(f"{path.name}: {open_[-1][0].group()} is never closed")
    return Gold(path.name.removesuffix(".marked.txt"), "".join(plain), tuple(mentions), tuple(targets))


def _close(
    match: re.Match[str],
    start: int,
    end: int,
    surface: str,
    line: int,
    mentions: list[GoldMention],
    targets: list[GoldTarget],
) -> None:
    required = not match.group("optional")
    if match.group("type") == "Target":
        number = re.search(r"-?\d+(?:\.\d+)?", match.group("name") or "")
        if number:
            targets.append(GoldTarget(line, float(number.group()), match.group("unit") or "", required))
        return
    type_ = _TYPES.get(match.group("type"), match.group("type"))
    mentions.append(GoldMention(start, end, type_, f"{type_}:{match.group('name') or surface}", required))


def read_annotation(path: Path, text: str) -> Gold:
    """Read an annotation file (JSON with items, entities and mentions by line) of ``text``."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    offsets = [0]
    for row in text.split("\n"):
        offsets.append(offsets[-1] + len(row) + 1)
    mentions = tuple(_annotated(data, offsets))
    targets = tuple(
        GoldTarget(t["line"], float(t["number"]), t.get("unit", ""), required)
        for item in data["items"]
        for required, key in ((True, "targets"), (False, "optional_targets"))
        for t in item[key]
        if "number" in t
    )
    return Gold(path.stem, text, mentions, targets, frozenset(item["no"] for item in data["items"]))


def _annotated(data: dict[str, Any], offsets: list[int]) -> Iterator[GoldMention]:
    for entity in data["entities"]:
        type_ = _TYPES.get(entity["type"], entity["type"])
        for mention in entity["mentions"]:
            if mention["item"] is None:
                continue
            start = offsets[mention["line"] - 1] + mention["start"]
            borderline = entity.get("confidence") == "borderline" or mention.get("borderline")
            yield GoldMention(start, start + len(mention["surface"]), type_, entity["id"], not borderline)
