"""Which of the proposed names stand: overlaps within a type, crossings between types, propagation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.model import EntityType, Name
from kg.recognition.lexer import Token

_NESTED_VOICES = frozenset({"vocabulary", "context", "document"})
_OWNED = re.compile(r"(?:[一二三四五]期)?项目")
_PROPAGATED: tuple[EntityType, ...] = ("Company", "Platform", "Project", "Program")


def arbitrate(text: str, names: Sequence[Name]) -> list[Name]:
    """The names that stand, in the order of the text; the outer of two nested ones first.

    Within a type the longest stands; a known company inside a longer company stands too. Of names
    of different types that cross, the more certain stands; nested ones both do.
    """
    standing: list[Name] = []
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


def _excludes(text: str, standing: Name, name: Name) -> bool:
    if name.end <= standing.start or name.start >= standing.end:
        return False
    nested = standing.start <= name.start and name.end <= standing.end
    same = (standing.start, standing.end) == (name.start, name.end)
    if same:
        return standing.type == name.type or name.confidence <= standing.confidence
    if standing.type == name.type:
        return not (nested and name.type == "Company" and name.voice in _NESTED_VOICES)
    if nested and name.type == "Place":
        # 山东 in 山东科技大学, 中国 in 中国电信: part of a proper name, no place that is meant.
        return standing.type == "Company" or bool(
            re.search(r"(?:大学|学院|银行)$", text[standing.start : standing.end])
        )
    if nested and name.type == "Organization" and standing.type in ("Company",):
        return True
    if nested and name.type == "Company" and standing.type in ("Organization", "Place", "Topic"):
        return True
    return nested and name.type == "Topic" and standing.type == "Company"


def _cross(a: Name, b: Name) -> bool:
    return (a.start < b.start < a.end < b.end) or (b.start < a.start < b.end < a.end)


def propagate(
    texts: Sequence[str], tokens: Sequence[Sequence[Token]], heard: Sequence[list[Name]]
) -> list[list[Name]]:
    """Add each name of the document wherever else its surface stands on the bounds of words."""
    surfaces: dict[tuple[str, EntityType], float] = {}
    for text, names in zip(texts, heard, strict=True):
        for name in names:
            if name.type in _PROPAGATED:
                key = (text[name.start : name.end], name.type)
                surfaces[key] = max(surfaces.get(key, 0.0), name.confidence)
    wanted = sorted(surfaces, key=lambda k: (-len(k[0]), k))
    if not wanted:
        return list(heard)
    pattern = re.compile("(?=(" + "|".join(re.escape(s) for s in dict.fromkeys(s for s, _ in wanted)) + "))")
    types: dict[str, list[EntityType]] = {}
    for surface, type_ in wanted:
        types.setdefault(surface, []).append(type_)
    result = []
    for text, words, names in zip(texts, tokens, heard, strict=True):
        more = [
            Name(
                m.start(), m.start() + len(m.group(1)), type_, "document", surfaces[m.group(1), type_] - 0.05
            )
            for m in pattern.finditer(text)
            for type_ in types[m.group(1)]
            if _on_bounds(words, m.start(), m.start() + len(m.group(1)))
        ]
        more += _owned_projects(text, [*names, *more])
        result.append(arbitrate(text, [*names, *more]))
    return result


def _owned_projects(text: str, names: Sequence[Name]) -> list[Name]:
    """金能项目, 金能一期项目: a company and nothing but a phase before 项目."""
    found = []
    for name in names:
        tail = _OWNED.match(text, name.end) if name.type == "Company" else None
        if tail:
            found.append(Name(name.start, tail.end(), "Project", "document", 0.7))
    return found


def _on_bounds(words: Sequence[Token], start: int, end: int) -> bool:
    starts, ends = {w.start for w in words}, {w.end for w in words}
    return start in starts or end in ends
