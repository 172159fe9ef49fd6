"""The names of a whole document, looked for wherever else they stand in it, in full or short."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.model import EntityType, Name
from kg.recognition.arbiter import arbitrate
from kg.recognition.companies import unknown
from kg.recognition.lexer import Token

_OWNED = re.compile(r"(?:[一二三四五]期)?项目")
_LEGAL = ("公司", "集团", "银行", "股份", "农商行")
_COLLECTIVE = ("各", "该", "本", "我", "全", "直辖", "自治", "有关")
_SHORT = 2
"""Characters of the shortest place; one that a dictionary knows is found wherever it is meant."""
_PHASE = re.compile(r"[一二三四五]期$")
_SEAT = re.compile(r"([\u4e00-\u9fff]{2,4}?)[市县区](?!级|场|域|属|委|政府)")
_SPOT = re.compile(r"[巷街路山湖河湾岛村镇城寺塔桥]$")
_PROPAGATED: tuple[EntityType, ...] = ("Company", "Platform", "Project", "Program", "Place", "Topic")


def propagate(
    texts: Sequence[str],
    tokens: Sequence[Sequence[Token]],
    annotated: Sequence[list[Name]],
    endings: Sequence[str],
) -> list[list[Name]]:
    """Add each name of the document wherever else it stands on the bounds of words, in full or short.

    ``endings`` are those that a company's short name drops (沐珩轴承, 沐珩).
    """
    surfaces = _surfaces(texts, annotated, endings)
    if not surfaces:
        return list(annotated)
    places = {surface for surface, type_ in surfaces if type_ == "Place"}
    for surface, type_ in list(surfaces):
        if type_ == "Company" and _of_place(surface, places, endings):
            del surfaces[surface, type_]
    begins: dict[str, list[tuple[str, EntityType]]] = {}
    for surface, type_ in sorted(surfaces, key=lambda k: (-len(k[0]), k)):
        begins.setdefault(surface[:2], []).append((surface, type_))
    phases = {m.group() for s, type_ in surfaces if type_ == "Project" and (m := _PHASE.search(s))}
    result = []
    for text, words, names in zip(texts, tokens, annotated, strict=True):
        # What is a place somewhere in the document is no company here (霖海 of 霖海县).
        kept = [n for n in names if not _is_place(text[n.start : n.end], n, places, endings)]
        more = [
            Name(at, at + len(surface), type_, "document", surfaces[surface, type_] - 0.05)
            for at in range(len(text) - 1)
            for surface, type_ in begins.get(text[at : at + 2], ())
            if text.startswith(surface, at)
            and _on_bounds(words, at, at + len(surface))
            and not (type_ == "Company" and surface in places)
        ]
        more += _with_trade(text, words, [*kept, *more], endings)
        more += _owned_projects(text, [*kept, *more])
        more += _phases(text, words, phases)
        result.append(arbitrate(text, [*kept, *more]))
    return result


def _is_place(surface: str, name: Name, places: set[str], endings: Sequence[str]) -> bool:
    """Whether a company is but a place, or a place and a trade (霖海轴承产业)."""
    return name.type == "Company" and name.annotator != "vocabulary" and _of_place(surface, places, endings)


def _of_place(surface: str, places: set[str], endings: Sequence[str]) -> bool:
    if surface.endswith(_LEGAL):
        return surface in places
    return surface in places or any(
        surface[:size] in places and surface[size:] in endings for size in range(2, len(surface))
    )


def _surfaces(
    texts: Sequence[str], annotated: Sequence[list[Name]], endings: Sequence[str]
) -> dict[tuple[str, EntityType], float]:
    """(surface, type) → confidence of every name worth looking for again, short forms included."""
    surfaces: dict[tuple[str, EntityType], float] = {}

    def add(surface: str, type_: EntityType, confidence: float) -> None:
        surfaces[surface, type_] = max(surfaces.get((surface, type_), 0.0), confidence)

    for text, names in zip(texts, annotated, strict=True):
        for name in names:
            surface = text[name.start : name.end]
            known = name.type == "Place" and len(surface) == _SHORT and not unknown(surface)
            if name.type in _PROPAGATED and not known:
                # 中国 and 中欧 are found where they are meant; elsewhere they begin other names.
                add(surface, name.type, name.confidence)
            stem = _stem(surface, name.type, endings)
            if stem:
                add(stem, name.type, name.confidence - 0.05)
            seat = _SEAT.match(surface) if name.type == "Organization" else None
            if seat and not seat.group(1).startswith(_COLLECTIVE):
                # 禾源市农业农村局: the office names its place.
                add(seat.group(), "Place", 0.7)
                if unknown(seat.group(1)):
                    add(seat.group(1), "Place", 0.68)
    return surfaces


def _stem(surface: str, type_: EntityType, endings: Sequence[str]) -> str:
    """沐珩 of 沐珩轴承, 霖海 of 霖海县; empty where what remains is a word of the dictionary."""
    if type_ == "Place":
        match = _SEAT.fullmatch(surface)
        # 高新 of 高新区 is a word of its own; 霖海 of 霖海县 is none.
        return match.group(1) if match and unknown(match.group(1)) else ""
    if type_ != "Company":
        return ""
    ending = next((e for e in endings if surface.endswith(e) and len(surface) - len(e) in (2, 3)), "")
    stem = surface.removesuffix(ending) if ending else ""
    return stem if stem and unknown(stem) else ""


def _with_trade(
    text: str, words: Sequence[Token], names: Sequence[Name], endings: Sequence[str]
) -> list[Name]:
    """启鸣 before 智能: the trade behind a company's short name belongs to the name."""
    ends = {word.end for word in words}
    found = []
    for name in names:
        if (
            name.type != "Company"
            or name.annotator not in ("document", "context")
            or name.end - name.start > 4
        ):
            continue
        if text.endswith(tuple(endings), name.start, name.end):
            continue
        ending = next((e for e in endings if len(e) > 1 and text.startswith(e, name.end)), "")
        end = name.end + len(ending)
        if ending and end in ends and not _OWNED.match(text, end):
            found.append(Name(name.start, end, "Company", "document", name.confidence))
    return found


def _owned_projects(text: str, names: Sequence[Name]) -> list[Name]:
    """金能项目, 金能一期项目: a company and nothing but a phase before 项目."""
    found = []
    for name in names:
        spot = name.type == "Place" and _SPOT.search(text[name.start : name.end])
        tail = _OWNED.match(text, name.end) if name.type == "Company" or spot else None
        if tail:
            found.append(Name(name.start, tail.end(), "Project", "document", 0.7))
    return found


def _phases(text: str, words: Sequence[Token], phases: set[str]) -> list[Name]:
    """实现一期达产: a phase alone, where the document knows a project of that phase."""
    return [
        Name(w.start, w.end, "Project", "document", 0.6)
        for w in words
        if w.text in phases and not _OWNED.match(text, w.end)
    ]


def _on_bounds(words: Sequence[Token], start: int, end: int) -> bool:
    starts, ends = {w.start for w in words}, {w.end for w in words}
    return start in starts or end in ends
