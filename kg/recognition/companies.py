"""Company names by how they are built: an unknown word with a trade's ending, or an owner.

沐珩轴承, 弥川新材料: a word that no dictionary knows, and what the company makes. An unknown word
that opens the name of a project or a platform is its owner.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import jieba

from kg.knowledge import Knowledge
from kg.model import Name
from kg.recognition.grammar import NameGrammar
from kg.recognition.lexer import Token, cut_inside

# Its progress reports belong on no user's screen.
jieba.setLogLevel(logging.WARNING)

_PROPER = ("ORG", "PER", "nz")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,4}")
_LONGEST = 8
"""Characters of the longest company name that NER takes for one word behind a known one."""
_STEM = range(2, 6)
"""Characters of the word in front of a trade's ending."""


@dataclass(frozen=True)
class Companies:
    """The endings of ``names.toml``."""

    endings: tuple[str, ...]
    sure: tuple[str, ...]
    owner_ending: re.Pattern[str]
    not_before: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    phases: tuple[str, ...]
    phased: re.Pattern[str]
    grammar: NameGrammar

    @staticmethod
    def of(knowledge: Knowledge, grammar: NameGrammar) -> Companies:
        """From the tables ``company`` and ``context`` of ``names.toml``; ``grammar`` knows heads and class words."""
        names, context = knowledge.names, knowledge.names["context"]
        not_before = tuple(context["not_owner_before"])
        return Companies(
            tuple(sorted(names["company"]["endings"], key=len, reverse=True)),
            tuple(sorted(names["company"]["sure"], key=len, reverse=True)),
            re.compile(f"(?:{'|'.join(context['owner_endings'])})(?!{'|'.join(not_before)})"),
            not_before,
            tuple(re.compile(pattern) for pattern in context["company_patterns"]),
            tuple(context["phases"]),
            re.compile(
                rf"(?P<owner>(?P<stem>[\u4e00-\u9fff]{{2,4}}?)(?:{'|'.join(names['company']['dropped'])}))"
                rf"(?:{'|'.join(context['phases'])})"
            ),
            grammar,
        )

    def names_in(self, text: str, tokens: Sequence[Token], known: Iterable[Name]) -> Iterator[Name]:
        """Companies that the build of a name reveals, given the names ``known`` so far."""
        known = list(known)
        yield from self._ended(text, tokens, known)
        yield from self._longer(text, tokens, known)
        yield from self._owners(text, tokens, known)
        yield from self._patterned(text, tokens)

    def _ended(self, text: str, tokens: Sequence[Token], known: Sequence[Name]) -> Iterator[Name]:
        ends = {token.end for token in tokens}
        places = {name.start for name in known if name.type == "Place" and name.annotator == "vocabulary"}
        for token in tokens:
            vouched = token.pos in _PROPER or (token.pos == "LOC" and token.start not in places)
            # 洛客|体育: the lexer takes a word that no dictionary knows for a noun; 高企|材料 is jargon.
            vouched = vouched or (token.pos == "n" and self._coined(text, token.start, token.end))
            if cut_inside(text, token.start, token.text):
                continue
            if not vouched or self.grammar.classes.names_nothing(token.text):
                continue
            end = max(self._ending_ends(text, token), default=0)
            if token.pos == "LOC" and not self._closed(tokens, end):
                continue
            if end in ends and not text.startswith(self.not_before, end):
                yield Name(token.start, end, "Company", "context", 0.72)

    def _closed(self, tokens: Sequence[Token], end: int) -> bool:
        """Whether nothing nominal goes on: what NER takes for a place rather is one in 霖海智能传感产业园."""
        following = next((t for t in tokens if t.start == end), None)
        if following is None or following.pos in ("w", "u", "p", "c", "xc"):
            return True
        return following.text in self.grammar.classes.governing

    def _longer(self, text: str, tokens: Sequence[Token], known: Sequence[Name]) -> Iterator[Name]:
        """中车时代, 中铁集装箱: a company that NER finds in one word with a known company's name."""
        for name in known:
            if name.type != "Company" or name.annotator != "vocabulary":
                continue
            word = next((t for t in tokens if t.start == name.start and t.pos == "ORG"), None)
            if word is None or not name.end < word.end <= name.start + _LONGEST:
                continue
            whole = text.endswith(self.endings, name.start, name.end)
            field = text.startswith(tuple(self.grammar.classes.fields), name.end)
            if not (whole or field or self._headed(word.text)):
                yield Name(word.start, word.end, "Company", "context", 0.7)

    def _headed(self, surface: str) -> bool:
        return surface.endswith(tuple(self.grammar.heads.types)) and not surface.endswith(self.endings)

    def _ending_ends(self, text: str, token: Token) -> Iterator[int]:
        """Where the endings end that may follow the word at a token, or straddle its bound."""
        for size in _STEM:
            stem_end = token.start + size
            if stem_end > token.end or not unknown(text[token.start : stem_end]):
                continue
            for ending in self.endings:
                end = stem_end + len(ending)
                if end > token.end and text.startswith(ending, stem_end):
                    yield end

    def _owners(self, text: str, tokens: Sequence[Token], known: Sequence[Name]) -> Iterator[Name]:
        for name in known:
            if name.type not in ("Project", "Platform") or name.annotator == "vocabulary":
                continue
            if name.type == "Platform" and text.endswith("系统", 0, name.end):
                # 金宏办公系统 is called so; nobody owns it by that.
                continue
            first = next((t for t in tokens if t.start == name.start), None)
            phased = self.phased.match(text, name.start, name.end)
            if phased and unknown(phased.group("stem")):
                yield Name(name.start, phased.end("owner"), "Company", "context", 0.72)
            built = self._built(text, name)
            if built:
                yield Name(name.start, built, "Company", "context", 0.71)
            if first is None or first.pos not in _PROPER or cut_inside(text, first.start, first.text):
                continue
            longer = self.owner_ending.search(text, name.start + 2, min(name.end, name.start + 9))
            if longer and longer.end() < name.end:
                yield Name(name.start, longer.end(), "Company", "context", 0.7)
            elif first.end < name.end and self._short_owner(first):
                yield Name(first.start, first.end, "Company", "context", 0.65)

    def _built(self, text: str, name: Name) -> int:
        """金域医学 of 金域医学检验中心: where an unknown word with a trade's ending ends; 0 where none does."""
        for size in _STEM:
            stem_end = name.start + size
            if not unknown(text[name.start : stem_end]):
                return 0
            ending = next((e for e in self.sure if text.startswith(e, stem_end)), "")
            end = stem_end + len(ending)
            if ending and end < name.end and self._coined(text, name.start, stem_end):
                return 0 if text.startswith(self.not_before, end) else end
        return 0

    def _coined(self, text: str, start: int, end: int) -> bool:
        """Whether a word that no dictionary knows stands before a trade that only companies are named by."""
        word = _CHINESE.fullmatch(text, start, end)
        return word is not None and unknown(word.group()) and text.startswith(self.sure, end)

    def _short_owner(self, first: Token) -> bool:
        known = self.grammar.classes.names_nothing(first.text)
        return 2 <= len(first.text) <= 5 and not known and (first.pos != "nz" or unknown(first.text))

    def _patterned(self, text: str, tokens: Sequence[Token]) -> Iterator[Name]:
        for pattern in self.patterns:
            for match in pattern.finditer(text):
                start, end = match.span("name")
                inside = [t for t in tokens if start <= t.start < end]
                nominal = all(t.pos not in ("v", "vn", "a") for t in inside) or unknown(match.group("name"))
                if not nominal or any(self.grammar.classes.names_nothing(t.text) for t in inside):
                    continue
                yield Name(start, end, "Company", "context", 0.6)
                if match.group("head") in self.grammar.heads.types:
                    yield Name(start, match.end("head"), "Project", "context", 0.85)

    def phased_owner(self, surface: str) -> str:
        """金能科技 of 金能科技一期; empty where no company ending stands before the phase."""
        phase = next((p for p in self.phases if surface.endswith(p)), "")
        owner = surface.removesuffix(phase) if phase else ""
        return owner if owner.endswith(self.endings) else ""


def unknown(surface: str) -> bool:
    """Whether no dictionary word of two characters or more stands in a surface."""
    return all(len(word) == 1 for word in jieba.dt.cut(surface, HMM=False))
