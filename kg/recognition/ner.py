"""Names by the statistical recogniser, cleaned at their edges and typed by their endings.

LAC is noisy where a verb runs into a name (汇同区发改局) and where a class noun looks like an
organisation (工程技术研究中心): both are mended here, with the word lists of ``names.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

import jieba

from kg.knowledge import Knowledge, alternatives
from kg.model import EntityType, Name
from kg.recognition.companies import unknown
from kg.recognition.lexer import Token, cut_inside

_SHORTEST = 2
"""Characters of the shortest name."""
_GRAMMATICAL = frozenset({"w", "p", "u", "c", "d", "f", "r", "xc"})


@cache
def _places() -> frozenset[str]:
    """The place names (``ns``) of the segmenter's dictionary."""
    with jieba.dt.get_dict_file() as file:
        rows = (line.decode("utf-8").split() for line in file)
        return frozenset(row[0] for row in rows if len(row) == 3 and row[2] == "ns")


@dataclass(frozen=True)
class PlaceEndings:
    """What places end in, by ``names.toml``.

    ``place`` finds the ending of a place, ``works`` that of a station or a road, ``wide`` what stands behind a
    place and belongs to no name, ``ranked`` a word before an office that opens with its rank.
    """

    place: re.Pattern[str]
    works: tuple[str, ...]
    wide: re.Pattern[str]
    ranked: re.Pattern[str]
    ranks: tuple[str, ...]

    @staticmethod
    def of(knowledge: Knowledge) -> PlaceEndings:
        """From the tables ``place`` and ``ranks``."""
        place = {key: alternatives(words) for key, words in knowledge.names["place"].items()}
        ranks = {key: alternatives(words) for key, words in knowledge.names["ranks"].items()}
        return PlaceEndings(
            re.compile(
                rf"(?:{place['endings']}|.(?:{place['endings_behind_one']})|"
                rf".{{2}}(?:{place['endings_behind_two']}))$"
            ),
            tuple(knowledge.names["place"]["works"]),
            re.compile(rf"(?:{place['wide']}|(?<=.{{2}})(?:{place['wide_behind_two']}))$"),
            re.compile(
                rf"(?P<before>[\u4e00-\u9fff]{{2,3}}?)"
                rf"(?=(?:{ranks['cut']})[\u4e00-\u9fff]{{2,}}(?:{ranks['departments']})$)"
            ),
            tuple(knowledge.names["ranks"]["words"]),
        )

    def place_word(self, word: str) -> bool:
        """Whether a word is a place's name, with or without its rank, or one that no dictionary knows."""
        named = any(word + rank in _places() for rank in ("", *self.ranks))
        return named or unknown(word)


@dataclass(frozen=True)
class NerAnnotator:
    """What turns LAC's ORG, LOC and proper nouns into typed names."""

    verbs: tuple[str, ...]
    organizations: tuple[str, ...]
    institutions: tuple[str, ...]
    companies: tuple[str, ...]
    not_companies: tuple[str, ...]
    not_places: tuple[str, ...]
    alone: frozenset[str]
    not_before: tuple[str, ...]
    collective: tuple[str, ...]
    class_nouns: frozenset[str]
    generic: frozenset[str]
    heads: tuple[str, ...]
    openings: tuple[str, ...]
    endings: PlaceEndings

    @staticmethod
    def of(knowledge: Knowledge) -> NerAnnotator:
        """From the word lists of ``names.toml``."""
        names = knowledge.names
        heads = tuple(head for heads in names["heads"].values() for head in heads)
        return NerAnnotator(
            tuple(sorted([*names["verbs"]["governing"], *names["verbs"]["leading"]], key=len, reverse=True)),
            tuple(names["heads"]["Organization"]),
            tuple(names["organization"]["endings"]),
            tuple(names["company"]["endings"]),
            tuple(names["company"]["not_company_endings"]),
            tuple(names["company"]["not_places"]),
            frozenset(names["company"]["alone"]),
            tuple(names["context"]["not_owner_before"]),
            tuple(names["organization"]["collective"]),
            frozenset(names["company"]["class_nouns"]),
            frozenset(names["generic"]["words"]),
            heads,
            tuple(names["ranks"]["openings"]),
            PlaceEndings.of(knowledge),
        )

    def names_in(self, text: str, tokens: Sequence[Token]) -> Iterator[Name]:
        """ORG and LOC tokens as names; the rest of LAC's tags are left to the grammars."""
        for token, following in zip_longest(tokens, tokens[1:]):
            if token.pos not in ("ORG", "LOC") or self._only_begins(token, following):
                continue
            start = self._without_verb(text, token.start, token.end)
            wide = self.endings.wide.search(text[start : token.end])
            end = token.end - len(wide.group()) if wide else token.end
            type_ = self._type(text[start:end], token.pos)
            if type_ and self._stands(text, start, end, type_):
                yield Name(start, end, type_, "ner", 0.7)
            if following and token.pos == following.pos and token.end == following.start:
                begin = self._without_verb(text, token.start, following.end)
                yield from self._joined(text, begin, following)

    def _only_begins(self, token: Token, following: Token | None) -> bool:
        """Whether a country merely opens a longer name: 中国软件业, 中国（澄州）."""
        goes_on = following and (following.pos not in _GRAMMATICAL or following.text in "（(")
        return token.text in self.alone and bool(goes_on)

    def _stands(self, text: str, start: int, end: int, type_: EntityType) -> bool:
        """Whether what NER found names something, by its words and by what stands around it."""
        surface = text[start:end]
        if len(surface) < _SHORTEST or self._is_class(surface) or surface in self.verbs:
            return False
        if cut_inside(text, start, surface) and surface not in self.alone:
            return False
        if type_ == "Company":
            # 扬名科技 in 扬名科技创业中心 is part of the centre's name.
            return not text.startswith(self.not_before, end)
        if type_ == "Organization":
            return not self._collective(text, start)
        return type_ != "Place" or not surface.endswith(self.not_places)

    def _collective(self, text: str, start: int) -> bool:
        """Whether governments of a kind are meant: 各县（市）区人民政府, 直辖市人民政府."""
        behind = text.endswith((*self.collective, "）", "〕"), 0, start)
        return behind or text.startswith(self.collective, start)

    def _joined(self, text: str, start: int, second: Token) -> Iterator[Name]:
        """中国科学院|南京地质古生物研究所, 宁波|舟山港: two words of one name."""
        if self._collective(text, start):
            return
        if second.pos == "ORG" and self._type(second.text, "ORG") == "Organization":
            yield Name(start, second.end, "Organization", "ner", 0.72)
        elif second.pos == "LOC" and second.text.endswith(self.endings.works):
            yield Name(start, second.end, "Place", "ner", 0.72)

    def _without_verb(self, text: str, start: int, end: int) -> int:
        verb = next(
            (v for v in self.verbs if len(v) > 1 and text.startswith(v, start) and end - start > len(v) + 1),
            "",
        )
        ranked = self.endings.ranked.match(text, start, end)
        if not verb and ranked and not self.endings.place_word(ranked.group("before")):
            # 径向|省人力资源社会保障厅: a word of the dictionary that is no place.
            return ranked.end("before")
        return start + len(verb)

    def _type(self, surface: str, tag: str) -> EntityType | None:
        if surface.endswith(self.organizations):
            return "Organization"
        if surface.endswith(self.heads):
            # The grammar draws the edges of these; NER alone is not enough for them.
            return None
        if tag == "LOC":
            return "Place" if self.endings.place.search(surface) or surface in _places() else None
        if self.endings.place.search(surface):
            return "Place"
        company = surface.endswith(self.companies)
        institution = surface.endswith(self.institutions) and not company
        if institution and (len(surface) > 3 or surface.startswith(self.openings)):
            return "Organization"
        # A short name that no dictionary knows is a company's (瑞源); a longer one needs an ending.
        short = len(surface) <= 4 and not surface.endswith(self.not_companies) and unknown(surface)
        return "Company" if short or company else None

    def _is_class(self, surface: str) -> bool:
        if surface in self.class_nouns or surface in self.generic:
            return True
        return any(
            surface[:k] in self.generic and (surface[k:] in self.generic or surface[k:] in self.class_nouns)
            for k in range(1, len(surface))
        )
