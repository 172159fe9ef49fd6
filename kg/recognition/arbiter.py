"""Which of the proposed names stand: overlaps within a type, crossings between types."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.model import Name

_NESTED_ANNOTATORS = frozenset({"vocabulary", "context"})
_TASK_FORCE = re.compile(r"(?:专班|工作组|服务队|领导小组|指挥部)$")


def arbitrate(text: str, names: Sequence[Name]) -> list[Name]:
    """Which of the names that annotators propose for ``text`` stand.

    Within a type the longest stands; a known company inside a longer company stands too. Of names
    of different types that cross, the more certain stands; nested ones both do.

    Returns:
        Those that stand, in the order of the text, the outer of two nested ones first.
    """
    standing: list[Name] = []
    names = [name for name in names if not _tiled(name, names)]
    for name in sorted(names, key=lambda n: (-(n.end - n.start), -n.confidence, n.start)):
        if name.end > name.start and not any(_excludes(text, other, name) for other in standing):
            standing.append(name)
    crossing = {
        min(pair, key=lambda n: (n.confidence, n.end - n.start))
        for i, a in enumerate(standing)
        for b in standing[i + 1 :]
        if _cross(a, b)
        for pair in [(a, b)]
    }
    return sorted((n for n in standing if n not in crossing), key=lambda n: (n.start, -n.end))


def _tiled(name: Name, names: Sequence[Name]) -> bool:
    """省委|省政府: a guessed name that is nothing but two known ones side by side."""
    if name.annotator == "vocabulary" or name.type != "Organization":
        return False
    known = [n for n in names if n.type == name.type and n.annotator == "vocabulary"]
    starts = {n.start for n in known if n.end == name.end}
    return any(n.end in starts for n in known)


def _excludes(text: str, standing: Name, name: Name) -> bool:
    if name.end <= standing.start or name.start >= standing.end:
        return False
    nested = standing.start <= name.start and name.end <= standing.end
    same = (standing.start, standing.end) == (name.start, name.end)
    if same:
        return standing.type == name.type or name.confidence <= standing.confidence
    if standing.type == name.type:
        return not (nested and name.type == "Company" and name.annotator in _NESTED_ANNOTATORS)
    if nested and name.type == "Place":
        # 山东 in 山东科技大学, 中国 in 中国电信: part of a proper name, no place that is meant.
        return standing.type == "Company" or bool(
            re.search(r"(?:大学|学院|银行|海关)$", text[standing.start : standing.end])
        )
    if nested and name.type == "Organization" and standing.type == "Company":
        return True
    if nested and name.type == "Company" and standing.type in ("Organization", "Place", "Topic"):
        # 明月海藻推进专班 works for a company; the company in another office's name is none.
        return not _TASK_FORCE.search(text[standing.start : standing.end])
    return nested and name.type == "Topic" and standing.type == "Company"


def _cross(a: Name, b: Name) -> bool:
    return (a.start < b.start < a.end < b.end) or (b.start < a.start < b.end < a.end)
