"""The names of a whole document, looked for wherever else they stand in it, in full or short."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.knowledge import Knowledge, alternatives
from kg.model import EntityType, Name
from kg.recognition.arbiter import arbitrate
from kg.recognition.companies import unknown
from kg.recognition.lexer import Token

Surfaces = Mapping[tuple[str, EntityType], float]
"""(surface, type) → the confidence of a name that is looked for."""

_SHORT = 2
"""Characters of the shortest place; one that a dictionary knows is found wherever it is meant."""
_PROPAGATED: tuple[EntityType, ...] = ("Company", "Platform", "Project", "Program", "Place", "Topic")


@dataclass(frozen=True)
class DocumentAnnotator:
    """The words of ``names.toml`` by which names are shortened and lengthened.

    ``endings`` are those that a company's short name drops (沐珩轴承, 沐珩); ``legal`` ones make a company of a
    name that opens with a place. ``seat`` finds the place that an office names, ``spots`` close places that
    have projects of their own, ``owned`` is what makes a project of its owner's name, ``phases`` alone may mean one.
    """

    endings: tuple[str, ...]
    legal: tuple[str, ...]
    not_seats: tuple[str, ...]
    seat: re.Pattern[str]
    spots: tuple[str, ...]
    owned: re.Pattern[str]
    phases: tuple[str, ...]

    @staticmethod
    def of(knowledge: Knowledge, endings: Sequence[str]) -> DocumentAnnotator:
        """``endings`` of companies come longest first."""
        names = knowledge.names
        ranks = {key: alternatives(words) for key, words in names["ranks"].items()}
        phases = tuple(names["context"]["phases"])
        return DocumentAnnotator(
            tuple(endings),
            tuple(names["company"]["legal"]),
            (*names["organization"]["collective"], *names["place"]["pointing"]),
            re.compile(rf"([\u4e00-\u9fff]{{2,4}}?)(?:{ranks['seats']})(?!{ranks['not_before']})"),
            tuple(names["place"]["spots"]),
            re.compile(rf"(?:{alternatives(phases)})?项目"),
            phases,
        )

    def propagate(
        self, texts: Sequence[str], tokens: Sequence[Sequence[Token]], annotated: Sequence[list[Name]]
    ) -> list[list[Name]]:
        """Add each name of the document wherever else it stands on the bounds of words, in full or short.

        Args:
            texts: the passages of one document.
            tokens: the words of each.
            annotated: the names of each so far.

        Returns:
            The names of each passage, arbitrated anew.
        """
        surfaces = self._surfaces(texts, annotated)
        if not surfaces:
            return list(annotated)
        places = {surface for surface, type_ in surfaces if type_ == "Place"}
        surfaces = {
            (surface, type_): confidence
            for (surface, type_), confidence in surfaces.items()
            if not (type_ == "Company" and self._of_place(surface, places))
        }
        begins = _by_beginning(surfaces)
        phases = {p for s, type_ in surfaces if type_ == "Project" for p in self.phases if s.endswith(p)}
        result = []
        for text, words, names in zip(texts, tokens, annotated, strict=True):
            # What is a place somewhere in the document is no company here (霖海 of 霖海县).
            kept = [n for n in names if not self._is_place(text[n.start : n.end], n, places)]
            more = list(_standing(text, words, begins, surfaces, places))
            more += self._with_trade(text, words, [*kept, *more])
            more += self._owned_projects(text, [*kept, *more])
            more += self._phases(text, words, phases)
            result.append(arbitrate(text, [*kept, *more]))
        return result

    def _is_place(self, surface: str, name: Name, places: set[str]) -> bool:
        """Whether a company is but a place, or a place and a trade (霖海轴承产业)."""
        return name.type == "Company" and name.annotator != "vocabulary" and self._of_place(surface, places)

    def _of_place(self, surface: str, places: set[str]) -> bool:
        if surface.endswith(self.legal):
            return surface in places
        return surface in places or any(
            surface[:size] in places and surface[size:] in self.endings for size in range(2, len(surface))
        )

    def _surfaces(
        self, texts: Sequence[str], annotated: Sequence[list[Name]]
    ) -> dict[tuple[str, EntityType], float]:
        """Every name worth looking for again, short forms included, with its highest confidence."""
        surfaces: dict[tuple[str, EntityType], float] = {}
        for text, names in zip(texts, annotated, strict=True):
            for name in names:
                for surface, type_, confidence in self._forms(text[name.start : name.end], name):
                    known = surfaces.get((surface, type_), 0.0)
                    surfaces[surface, type_] = max(known, confidence)
        return surfaces

    def _forms(self, surface: str, name: Name) -> Iterator[tuple[str, EntityType, float]]:
        """A name in full and short, and the place that an office names."""
        known = name.type == "Place" and len(surface) == _SHORT and not unknown(surface)
        if name.type in _PROPAGATED and not known:
            # 中国 and 中欧 are found where they are meant; elsewhere they begin other names.
            yield surface, name.type, name.confidence
        stem = self._stem(surface, name.type)
        if stem:
            yield stem, name.type, name.confidence - 0.05
        seat = self.seat.match(surface) if name.type == "Organization" else None
        if seat and not seat.group(1).startswith(self.not_seats):
            # 禾源市农业农村局: the office names its place.
            yield seat.group(), "Place", 0.7
            if unknown(seat.group(1)):
                yield seat.group(1), "Place", 0.68

    def _stem(self, surface: str, type_: EntityType) -> str:
        """沐珩 of 沐珩轴承, 霖海 of 霖海县; empty where what remains is a word of the dictionary."""
        if type_ == "Place":
            match = self.seat.fullmatch(surface)
            # 高新 of 高新区 is a word of its own; 霖海 of 霖海县 is none.
            return match.group(1) if match and unknown(match.group(1)) else ""
        if type_ != "Company":
            return ""
        ending = next(
            (e for e in self.endings if surface.endswith(e) and len(surface) - len(e) in (2, 3)), ""
        )
        stem = surface.removesuffix(ending) if ending else ""
        return stem if stem and unknown(stem) else ""

    def _with_trade(self, text: str, words: Sequence[Token], names: Sequence[Name]) -> Iterator[Name]:
        """启鸣 before 智能: the trade behind a company's short name belongs to the name."""
        ends = {word.end for word in words}
        for name in names:
            guessed = name.type == "Company" and name.annotator in ("document", "context")
            if not guessed or name.end - name.start > 4 or text.endswith(self.endings, name.start, name.end):
                continue
            ending = next((e for e in self.endings if len(e) > 1 and text.startswith(e, name.end)), "")
            end = name.end + len(ending)
            if ending and end in ends and not self.owned.match(text, end):
                yield Name(name.start, end, "Company", "document", name.confidence)

    def _owned_projects(self, text: str, names: Sequence[Name]) -> Iterator[Name]:
        """金能项目, 金能一期项目: a company and nothing but a phase before 项目."""
        for name in names:
            spot = name.type == "Place" and text.endswith(self.spots, name.start, name.end)
            tail = self.owned.match(text, name.end) if name.type == "Company" or spot else None
            if tail:
                yield Name(name.start, tail.end(), "Project", "document", 0.7)

    def _phases(self, text: str, words: Sequence[Token], phases: set[str]) -> Iterator[Name]:
        """实现一期达产: a phase alone, where the document knows a project of that phase."""
        for word in words:
            if word.text in phases and not self.owned.match(text, word.end):
                yield Name(word.start, word.end, "Project", "document", 0.6)


def _by_beginning(surfaces: Surfaces) -> Mapping[str, Sequence[tuple[str, EntityType]]]:
    """The names by their first two characters, the longest first."""
    begins: dict[str, list[tuple[str, EntityType]]] = {}
    for surface, type_ in sorted(surfaces, key=lambda k: (-len(k[0]), k)):
        begins.setdefault(surface[:2], []).append((surface, type_))
    return begins


def _standing(
    text: str,
    words: Sequence[Token],
    begins: Mapping[str, Sequence[tuple[str, EntityType]]],
    surfaces: Surfaces,
    places: set[str],
) -> Iterator[Name]:
    """Every place of a passage where a name of the document stands on the bound of a word."""
    starts, ends = {w.start for w in words}, {w.end for w in words}
    for at in range(len(text) - 1):
        for surface, type_ in begins.get(text[at : at + 2], ()):
            if not text.startswith(surface, at) or (type_ == "Company" and surface in places):
                continue
            if at in starts or at + len(surface) in ends:
                yield Name(at, at + len(surface), type_, "document", surfaces[surface, type_] - 0.05)
