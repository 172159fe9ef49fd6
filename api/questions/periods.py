"""Months that a question asks for: 9月份, 7月以后, 下半年, Q3, 八九月份."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.plan.schedule import Calendar

_OPEN_ENDED = re.compile(
    r"(?P<month>1[0-2]|0?[1-9])月份?(?:(?P<on>及?以后|之后|及以后|起|开始)|(?:及?以前|之前|前|底前|为止))(?!期)"
)
_NEIGHBOURS = re.compile(r"([一二三四五六七八九])([二三四五六七八九])(?=月份?|季度)")
_ENUMERATED = re.compile(r"([一二三四1-4])[、和及与](第?[一二三四1-4]季度)")


@dataclass(frozen=True)
class Periods:
    """The calendar of plans, with what only questions say (``[periods]`` of ``question.toml``)."""

    calendar: Calendar
    months: Mapping[str, tuple[int, ...]]
    words: re.Pattern[str]
    whole_year: re.Pattern[str]

    @staticmethod
    def of(calendar: Calendar, more: Mapping[str, Iterable[int]], whole_year: Iterable[str]) -> Periods:
        """``more`` are months by word, ``whole_year`` patterns of what asks for no month in particular."""
        words = sorted(more, key=lambda word: (-len(word), word))
        return Periods(
            calendar,
            {word: tuple(months) for word, months in more.items()},
            re.compile("|".join(map(_bounded, words)) or r"(?!)"),
            re.compile("|".join(whole_year) or r"(?!)"),
        )

    def taken_from(self, text: str) -> tuple[tuple[int, ...], str]:
        """The months (1 to 12, ascending) that a folded text names, and the text without them.

        All year is no constraint, and neither is a list of periods that ends with it.
        """
        # 八九月 is 八月 and 九月, 一、二季度 are two quarters.
        text = _ENUMERATED.sub(r"\1季度和\2", _NEIGHBOURS.sub(r"\1、\2", text))
        whole = self.whole_year.search(text) is not None
        text = self.whole_year.sub(" ", text)
        months: set[int] = set()
        for match in _OPEN_ENDED.finditer(text):
            month = int(match.group("month"))
            months |= set(range(month, 13) if match.group("on") else range(1, month + 1))
            text = text.replace(match.group(), " ")
        for pattern, named in (
            (self.words, self.months.__getitem__),
            (self.calendar.expression, self.calendar.months),
        ):
            for match in pattern.finditer(text):
                months |= set(named(match.group()))
                text = text.replace(match.group(), " ")
        return (() if whole or len(months) == 12 else tuple(sorted(months))), text


def _bounded(word: str) -> str:
    escaped = re.escape(word)
    return rf"(?<![0-9a-z]){escaped}(?![0-9a-z])" if re.fullmatch(r"[0-9a-z ]+", word) else escaped
