"""Targets: the numbers a plan commits to, with metric, unit, comparator and deadline.

A year, a phase, a date or a number inside a name is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from kg.knowledge import Knowledge, alternatives
from kg.model import Comparator, Name

_NUMBER = r"(?<![\dA-Za-z.第])(?P<number>\d+(?:\.\d+)?)(?P<scale>[万亿千百]??)"
_RANGE = re.compile(r"\d+(?:\.\d+)?\s*[-—–~～至]\s*$")
_CLAUSE = re.compile(r"[，。；：！？\n,;]")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A target inside a passage: ``[start, end)`` is its clause, ``month`` a deadline it tells."""

    start: int
    end: int
    number: float
    unit: str
    metric: str
    comparator: Comparator
    month: int | None


@dataclass(frozen=True)
class Quantities:
    """The patterns of ``quantities.toml``."""

    pattern: re.Pattern[str]
    countable: re.Pattern[str]
    countable_unit: str
    after: tuple[tuple[str, Comparator], ...]
    before: tuple[tuple[str, Comparator], ...]
    qualifiers: re.Pattern[str]
    deadlines: dict[str, int]

    @staticmethod
    def of(knowledge: Knowledge) -> Quantities:
        """Compile ``quantities.toml``."""
        words = knowledge.quantities
        units, nouns = alternatives(words["units"]), alternatives(words["countable"])
        return Quantities(
            re.compile(rf"{_NUMBER}\s*(?P<unit>{units})(?!\d)"),
            re.compile(rf"{_NUMBER}(?=[\u4e00-\u9fff]{{0,4}}(?:{nouns}))"),
            words["countable_unit"],
            _pairs(words["after"]),
            _pairs(words["before"]),
            re.compile(f"(?:{alternatives(words['qualifiers']['words'])})(?![率度量])"),
            dict(words["deadlines"]),
        )

    def find(self, text: str, names: Sequence[Name]) -> Iterator[Quantity]:
        """The targets of a passage in the order of the text; a number inside one of the ``names`` is none."""
        found = [
            (m, (m.group("scale") + m.group("unit")).replace("％", "%")) for m in self.pattern.finditer(text)
        ]
        starts = {m.start() for m, _ in found}
        found += [(m, self.countable_unit) for m in self.countable.finditer(text) if m.start() not in starts]
        found = [(m, unit) for m, unit in found if isfinite(float(m.group("number")))]
        numbers = [m for m, _ in found if not self._in_name(m, names) and not _dated(text, m)]
        kept = {m.start() for m in numbers}
        for match, unit in sorted(found, key=lambda f: f[0].start()):
            if match.start() in kept:
                yield self._quantity(text, match, unit, numbers)

    @staticmethod
    def _in_name(match: re.Match[str], names: Sequence[Name]) -> bool:
        return any(
            n.start <= match.start()
            and n.end >= match.end()
            and n.type in ("Project", "Platform", "Event", "PolicyDocument", "Program", "Company")
            for n in names
        )

    def _quantity(self, text: str, match: re.Match[str], unit: str, numbers: list[re.Match[str]]) -> Quantity:
        start = max((m.end() for m in _CLAUSE.finditer(text, 0, match.start())), default=0)
        stop = _CLAUSE.search(text, match.end())
        end = stop.start() if stop else len(text)
        # Several numbers in a clause share it out: each ends where the next one's words begin.
        earlier = [m.end() for m in numbers if start <= m.start() < match.start()]
        later = [m.start() for m in numbers if match.start() < m.start() < end]
        if earlier:
            start = _after_joint(text, max(earlier), match.start())
        if later:
            end = _before_joint(text, match.end(), min(later))
        comparator = self._comparator(text, match, start)
        clause = text[start:end]
        month = next((m for word, m in self.deadlines.items() if word in clause), None)
        metric = self._metric(text, match, start, end)
        return Quantity(start, end, float(match.group("number")), unit, metric, comparator, month)

    def _comparator(self, text: str, match: re.Match[str], start: int) -> Comparator:
        for word, comparator in self.after:
            if text.startswith(word, match.end()):
                return comparator
        for word, comparator in self.before:
            if text.endswith(word, start, match.start()):
                return comparator
        return "="

    def _metric(self, text: str, match: re.Match[str], start: int, end: int) -> str:
        before = _RANGE.sub("", text[start : match.start()])
        after = text[match.end() : end]
        for word, _ in self.before:
            before = before.removesuffix(word)
        for word, _ in self.after:
            after = after.removeprefix(word)
        return self.qualifiers.sub("", before + after).strip("的、 ")


def _pairs(table: dict[str, list[str]]) -> tuple[tuple[str, Comparator], ...]:
    pairs = [(word, comparator) for comparator, words in table.items() for word in words]
    return tuple(sorted(pairs, key=lambda p: -len(p[0])))  # type: ignore[arg-type]


def _dated(text: str, match: re.Match[str]) -> bool:
    """2021年750家 is a target, 2021年 is none; neither are 1-3层, 第2批 and 5G."""
    return bool(
        re.match(
            r"\s*(?:年|月|个月|日|号|点|时|届|周年|层|楼|[A-Za-z]|[\u4e00-\u9fff]{0,8}热线)",
            text[match.end("scale") :],
        )
    )


def _after_joint(text: str, start: int, end: int) -> int:
    joint = re.match(r"(?:以上|以下|以内|左右)?[的、和及与]?", text[start:end])
    return start + (joint.end() if joint else 0)


def _before_joint(text: str, start: int, end: int) -> int:
    stop = re.search(r"[的、]", text[start:end])
    if stop:
        return start + stop.start()
    bound = re.match(r"以上|以下|以内|左右", text[start:end])
    return start + (bound.end() if bound else 0)
