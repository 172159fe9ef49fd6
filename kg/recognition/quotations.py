"""Quoted names: what stands behind a quotation, before it, or at its end says what it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.knowledge import Knowledge, alternatives
from kg.model import EntityType, Name

_QUOTED = re.compile(r"“([^“”]{2,14})”")
_PHRASE = 8
"""Characters of the longest quoted phrase that a verb before it makes a name of."""
_FORMULA = frozenset("+＋")
"""人工智能+ in quotation marks is a slogan and no name."""


@dataclass(frozen=True)
class Quotations:
    """The words of ``names.toml`` around quotations, each with the type that it tells.

    ``endings`` close the quoted words, ``behind`` follows the quotation, ``practice`` are verbs before it;
    ``not_quoted`` words name nothing though they stand in quotation marks.
    """

    endings: tuple[tuple[str, EntityType], ...]
    behind: tuple[tuple[re.Pattern[str], EntityType], ...]
    practice: tuple[tuple[re.Pattern[str], EntityType], ...]
    not_quoted: frozenset[str]

    @staticmethod
    def of(knowledge: Knowledge) -> Quotations:
        """From the table ``context`` of ``names.toml``."""
        context = knowledge.names["context"]
        endings: tuple[tuple[str, EntityType], ...] = (
            *((ending, "Event") for ending in context["quoted_event"]),
            *((ending, "Platform") for ending in context["quoted_platform"]),
            *((ending, "Program") for ending in context["quoted_program"]),
        )
        return Quotations(
            endings,
            (
                (_behind(context["platform_behind"]), "Platform"),
                (_behind(context["program_behind"], 4), "Program"),
            ),
            (
                (_before(context["put_into_practice"]), "Program"),
                (_before(context["put_online"]), "Platform"),
            ),
            frozenset(context["not_quoted"]),
        )

    def names_in(self, text: str, known: Sequence[Name]) -> Iterator[Name]:
        """The quoted names of a passage, given those ``known`` so far."""
        for match in _QUOTED.finditer(text):
            inner = match.group(1)
            behind = next((t for pattern, t in self.behind if pattern.match(text, match.end())), None)
            short = 3 <= len(inner) <= _PHRASE and not _FORMULA & set(inner)
            practised = self._practised(text, match.start()) if short else None
            type_ = (
                behind or next((t for ending, t in self.endings if inner.endswith(ending)), None) or practised
            )
            if (
                type_ is None
                or inner in self.not_quoted
                or any(n.start <= match.start(1) and n.end >= match.end(1) and n.type == type_ for n in known)
            ):
                continue
            owner = next((n for n in known if n.type == "Company" and n.end == match.start()), None)
            if owner and type_ == "Platform":
                yield Name(owner.start, match.end(), type_, "context", 0.8)
            elif (behind or practised) and not _FORMULA & set(inner):
                yield Name(match.start(1), match.end(1), type_, "context", 0.78)
            elif not behind:
                yield Name(match.start(1), match.end(1), type_, "context", 0.72)

    def _practised(self, text: str, quote: int) -> EntityType | None:
        """What a verb before a quoted phrase makes of it: 推行“不见面申领”, 上线“一键游”."""
        return next((type_ for verbs, type_ in self.practice if verbs.search(text, 0, quote)), None)


def _before(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{alternatives(words)})\Z")


def _behind(words: Iterable[str], distance: int = 8) -> re.Pattern[str]:
    """The words directly behind a quotation, or behind a few nouns that follow it."""
    return re.compile(rf"[\u4e00-\u9fff]{{0,{distance}}}?(?:{alternatives(words)})")
