"""Dated entries: which months 3月：, 4月-5月：, 1—3月, 第一季度 or 年底前 mean, and where each begins.

A *strong* label ends in a colon and opens an entry wherever a clause may begin. A *weak* one (3月
组织…, 6月完成…) opens an entry only at the beginning of a line, or behind a semicolon when the entry
before it was opened so too: inside a sentence 7月 is a date in the narrative, not a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from kg.knowledge import Knowledge, alternatives
from kg.plan.numerals import chinese_number

_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_NUMBER = r"(?:1[0-2]|0?[1-9](?!\d)|十[一二]?|[一二三四五六七八九])"
_TURN = r"(?:(?:上旬|中旬|下旬|底|末|初)前?|前|起)?"
_DAY = r"(?:\s*\d{1,2}\s*日(?:底?前|之前|以前))"
_MONTH = rf"{_NUMBER}\s*月(?:{_DAY}|份?(?!份|\s*\d+\s*日|\d){_TURN})"
_PREFIX = re.compile(r"^(?P<prefix>[^\d\n：:；;。]{2,20}[：:])[^\S\n]*(?=\d)", re.MULTILINE)
_COUNTED = re.compile(r"(?:[（(]\d{1,2}[)）]|\d{1,2}[.、])\s*\Z")
_TO = r"\s*(?:[-—–―~～－－\u2010-\u2015]+|至|到)\s*"
_YEAR = r"(?:(?:20\d\d|今|本|当|次|翌|明)\s*年\s*)?"


@dataclass(frozen=True, slots=True)
class DatedEntry:
    """One dated entry inside a cell: offsets into the cell's text.

    ``label`` and ``months`` are empty for a narrative without a label.
    """

    start: int
    end: int
    label: str
    months: tuple[int, ...]


@dataclass(frozen=True)
class Calendar:
    """The date expressions of a language, compiled from ``plan.toml``."""

    periods: dict[str, tuple[int, ...]]
    expression: re.Pattern[str]
    strong: re.Pattern[str]
    weak: re.Pattern[str]
    chained: re.Pattern[str]
    inline: re.Pattern[str]

    @staticmethod
    def of(knowledge: Knowledge) -> Calendar:
        """From the tables ``periods`` and ``period_separator`` of ``plan.toml``."""
        periods = {k: tuple(v) for k, v in knowledge.plan["periods"].items()}
        words = alternatives(periods)
        guarded = _guarded(knowledge.plan["period_separator"]["words"], periods)
        quarters = r"第?[一二三四](?:[、和及]第?[一二三四])+季度"
        several = rf"{_NUMBER}(?:[、和及]\s*{_NUMBER})+\s*月(?:份)?"
        single = rf"{_YEAR}(?:{quarters}|{several}|{_NUMBER}\s*(?:月(?:份)?)?{_TO}{_YEAR}{_MONTH}|{_MONTH}|第?(?:{words}))"
        date = rf"{single}(?:\s*[/、和及,，]\s*{single})*"
        weak = rf"(?!(?:第?(?:{guarded}))(?![\s，,]|$)){date}(?=[\s，,：:]|[\u4e00-\u9fff“《]|$)"
        return Calendar(
            periods,
            re.compile(single),
            re.compile(rf"(?:^|(?<=[\s；;。，,：:）)]))(?P<date>{date})\s*[：:]"),
            re.compile(rf"^[^\S\n]*(?P<date>{weak})[^\S\n]*[，,]?", re.MULTILINE),
            re.compile(rf"[；;]\s*(?P<date>{weak})[^\S\n]*[：:，,]?"),
            re.compile(rf"(?<!\d)(?<!年)({_NUMBER})月(?!份?[：:])"),
        )

    def months(self, date: str) -> tuple[int, ...]:
        """The months (1..12, ascending) that a date expression names; empty where it names none."""
        found: set[int] = set()
        for match in self.expression.finditer(date.translate(_DIGITS)):
            found |= self._single(match.group())
        if not found:
            # 2023年12月31日: a full date is no label, but as a deadline it names its month.
            found = {month for month, _, _ in self.months_in_text(re.sub(r"20\d\d\s*年", "", date))}
        return tuple(sorted(found))

    def period(self, header: str) -> tuple[int, ...]:
        """The months of a header cell that is nothing but a date expression, else empty."""
        text = re.sub(r"\s+", "", header).translate(_DIGITS)
        return self.months(text) if self.expression.fullmatch(text) else ()

    def months_in_text(self, text: str) -> list[tuple[int, int, int]]:
        """(month, start, end) of every month inside a narrative, full dates included."""
        plain = text.translate(_DIGITS)
        return [(_number(m.group(1)), m.start(), m.end()) for m in self.inline.finditer(plain)]

    def entries(self, cell: str) -> list[DatedEntry]:
        """Cut a cell at its labels; what stands before the first one is an entry without months."""
        text = cell.translate(_DIGITS)
        opens = self._openings(text)
        if not opens:
            return [_entry(cell, 0, 0, len(cell))]
        cut = []
        if text[: opens[0].start].strip():
            cut.append(_entry(cell, 0, 0, opens[0].start))
        ends = [opening.start for opening in opens[1:]] + [len(cell)]
        for opening, end in zip(opens, ends, strict=True):
            entry = _entry(cell, opening.start, opening.words, end)
            label = cell[slice(*opening.date)].strip()
            cut.append(replace(entry, label=label, months=self.months(label)))
        return [entry for entry in cut if entry.end > entry.start]

    def _openings(self, text: str) -> list[_Opening]:
        """Each label, in the order of the text."""
        strong: list[_Opening] = []
        for match in self.strong.finditer(text):
            # A date behind a colon is a label only where none stands before it: 6月份：6月： is one.
            if not strong or text[strong[-1].words : match.start("date")].strip():
                strong.append(_opening(text, match))
        weak = [_opening(text, match) for match in self.weak.finditer(text)]
        heads = _sorted_apart(strong, [*weak, *self._behind_prefix(text)])
        openings, sure = [], set(strong)
        ends = [head.start for head in heads[1:]] + [len(text)]
        for head, end in zip(heads, ends, strict=False):
            openings.append(head)
            if head not in sure:
                openings += [_opening(text, m) for m in self.chained.finditer(text, head.date[1], end)]
        return openings

    def _behind_prefix(self, text: str) -> Iterator[_Opening]:
        """Lines such as 对台高校专转本：3-5月完成…: the entry begins with its prefix."""
        for match in _PREFIX.finditer(text):
            date = self.expression.match(text, match.end())
            if date:
                yield _Opening(match.start(), match.start(), date.span())

    def _single(self, date: str) -> set[int]:
        if re.search(r"[、和及].*季度", date):
            quarters = [_number(q) for q in re.findall("[一二三四]", date)]
            return {m for q in quarters for m in range(3 * q - 2, 3 * q + 1)}
        word = next((w for w in sorted(self.periods, key=len, reverse=True) if w in date), None)
        if word:
            return set(self.periods[word])
        dated = re.sub(r"(?:20\d\d|今|本|当|次|翌|明)\s*年|\d{1,2}\s*日", "", date)
        ends = [_number(n) for n in re.findall(_NUMBER, dated)]
        if "起" in dated and len(ends) == 1:
            return set(range(ends[0], 13))
        if re.search(r"[、和及]", date):
            return set(ends)
        if len(ends) == 2:
            first, last = ends
            return set(range(first, last + 1)) if first <= last else {*range(first, 13), *range(1, last + 1)}
        return set(ends)


def _guarded(words: Sequence[str], periods: Iterable[str]) -> str:
    """The words that need a separator, unless they go on to a longer period (年底, 年底前)."""
    parts = []
    for word in words:
        longer = [p.removeprefix(word) for p in periods if p.startswith(word) and p != word]
        parts.append(re.escape(word) + (f"(?!{'|'.join(map(re.escape, longer))})" if longer else ""))
    return "|".join(parts)


class _Opening(NamedTuple):
    """Where an entry begins, where its words do, and the bounds of its date."""

    start: int
    words: int
    date: tuple[int, int]


def _opening(text: str, match: re.Match[str]) -> _Opening:
    start = match.start("date")
    counted = _COUNTED.search(text, text.rfind("\n", 0, start) + 1, start)
    # （1）3月：启动: the ordinal in front belongs to the label.
    return _Opening(counted.start() if counted else start, match.end(), match.span("date"))


def _sorted_apart(strong: list[_Opening], others: list[_Opening]) -> list[_Opening]:
    """All openings in the order of the text, without others that touch a strong label."""
    kept, k = list(strong), 0
    for other in sorted(others):
        while k < len(strong) and strong[k].words < other.date[0]:
            k += 1
        if k == len(strong) or strong[k].start > other.date[0]:
            kept.append(other)
    return sorted(kept)


def _entry(cell: str, start: int, words: int, end: int) -> DatedEntry:
    body = cell[words:end]
    begin = words + len(body) - len(body.lstrip(" \t\n\u3000，,"))
    stop = begin + len(cell[begin:end].rstrip())
    if stop <= begin:
        # A label with nothing behind it (每月) is all that the plan says.
        begin, stop = start, start + len(cell[start:end].rstrip())
    return DatedEntry(begin, stop, "", ())


def _number(text: str) -> int:
    """A month or a quarter, in digits or Chinese."""
    return int(text) if text.isdecimal() else chinese_number(text) or 0
