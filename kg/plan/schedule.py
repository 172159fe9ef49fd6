"""Dated entries: which months 3月：, 4月-5月：, 1—3月, 第一季度 or 年底前 mean, and where each begins.

A *strong* label ends in a colon and opens an entry wherever a clause may begin. A *weak* one (3月
组织…, 6月完成…) opens an entry only at the beginning of a line, or behind a semicolon when the entry
before it was opened so too: inside a sentence 7月 is a date that is told, not a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.knowledge import Knowledge

_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_CHINESE = {c: i for i, c in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
_NUMBER = r"(?:1[0-2]|0?[1-9](?!\d)|十[一二]?|[一二三四五六七八九])"
_TURN = r"(?:(?:上旬|中旬|下旬|底|末|初)前?|前|起)?"
_MONTH = rf"{_NUMBER}\s*月(?:份)?(?!\s*\d+\s*日|\d){_TURN}"
_TO = r"\s*(?:[-—–―~～－－\u2010-\u2015]+|至|到)\s*"
_YEAR = r"(?:(?:20\d\d|今|本|当)\s*年\s*)?"


@dataclass(frozen=True, slots=True)
class Entry:
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
    told: re.Pattern[str]

    @staticmethod
    def of(knowledge: Knowledge) -> Calendar:
        periods = {k: tuple(v) for k, v in knowledge.plan["periods"].items()}
        words = "|".join(sorted(map(re.escape, periods), key=len, reverse=True))
        guarded = "|".join(map(re.escape, knowledge.plan["period_separator"]["words"]))
        single = rf"{_YEAR}(?:{_NUMBER}\s*(?:月(?:份)?)?{_TO}{_YEAR}{_MONTH}|{_MONTH}|第?(?:{words}))"
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
        return tuple(sorted(found))

    def period(self, header: str) -> tuple[int, ...]:
        """The months of a header cell that is nothing but a date expression, else empty."""
        text = re.sub(r"\s+", "", header).translate(_DIGITS)
        return self.months(text) if self.expression.fullmatch(text) else ()

    def told_months(self, text: str) -> list[tuple[int, int, int]]:
        """(month, start, end) of every month told inside a narrative, full dates included."""
        plain = text.translate(_DIGITS)
        return [(_number(m.group(1)), m.start(), m.end()) for m in self.told.finditer(plain)]

    def entries(self, cell: str) -> list[Entry]:
        """Cut a cell at its labels; what stands before the first one is an entry without months."""
        text = cell.translate(_DIGITS)
        opens = sorted(self._openings(text), key=lambda o: o[0])
        if not opens:
            return [self._entry(cell, 0, 0, len(cell), "")]
        cut = []
        if text[: opens[0][0]].strip():
            cut.append(self._entry(cell, 0, 0, opens[0][0], ""))
        for (start, after, date), (end, _, _) in zip(opens, [*opens[1:], (len(cell), 0, "")], strict=True):
            cut.append(self._entry(cell, start, after, end, date))
        return [entry for entry in cut if entry.end > entry.start]

    def _openings(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, start of the words, date) of each label."""
        strong = [(m.start("date"), m.end(), m.group("date")) for m in self.strong.finditer(text)]
        # A date behind a colon is a label only where its line had none before it: 6月份：6月： is one.
        strong = [s for s in strong if not self._behind_label(text, s[0], strong)]
        yield from strong
        taken = [(a, b) for a, b, _ in strong]
        heads = [(m.start("date"), m.end(), m.group("date")) for m in self.weak.finditer(text)]
        heads += self._behind_prefix(text, strong)
        weak = [h for h in heads if not any(a <= h[0] < b for a, b in taken)]
        yield from weak
        ends = sorted([a for a, _, _ in strong] + [a for a, _, _ in weak] + [len(text)])
        for _, after, _ in weak:
            stop = next(e for e in ends if e >= after)
            for m in self.chained.finditer(text, after, stop):
                yield m.start("date"), m.end(), m.group("date")

    @staticmethod
    def _behind_label(text: str, start: int, strong: list[tuple[int, int, str]]) -> bool:
        return any(after <= start and not text[after:start].strip() for _, after, _ in strong)

    def _behind_prefix(self, text: str, strong: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        """Lines such as 对台高校专转本：3-5月完成…: the entry begins with its prefix."""
        found = []
        for m in re.finditer(r"^(?P<prefix>[^\d\n：:；;。]{2,20}[：:])[^\S\n]*(?=\d)", text, re.MULTILINE):
            date = self.expression.match(text, m.end())
            if date and not any(a <= m.start() < b or a == m.end() for a, b, _ in strong):
                found.append((m.start(), m.start(), date.group()))
        return found

    def _entry(self, cell: str, start: int, after: int, end: int, date: str) -> Entry:
        words = cell[after:end]
        begin = after + len(words) - len(words.lstrip(" \t\n\u3000，,"))
        stop = begin + len(cell[begin:end].rstrip())
        if stop <= begin and date:
            # A label with nothing behind it (每月) is all that the plan says.
            begin, stop = start, start + len(cell[start:end].rstrip())
        return Entry(begin, stop, cell[start : start + len(date)].strip() if date else "", self.months(date))

    def _single(self, date: str) -> set[int]:
        word = next((w for w in sorted(self.periods, key=len, reverse=True) if w in date), None)
        if word:
            return set(self.periods[word])
        dated = re.sub(r"(?:20\d\d|今|本|当)\s*年", "", date)
        ends = [_number(n) for n in re.findall(_NUMBER, dated)]
        if "起" in dated and len(ends) == 1:
            return set(range(ends[0], 13))
        if len(ends) == 2:
            first, last = ends
            return set(range(first, last + 1)) if first <= last else {*range(first, 13), *range(1, last + 1)}
        return set(ends)


def _number(text: str) -> int:
    return _CHINESE[text] if text in _CHINESE else int(text)
