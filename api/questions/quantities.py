"""Numbers and times in questions: 500家以上, 6月底前, 推迟两个月, 启动 or 完成."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.plan.numerals import chinese_number

_NUMBER = r"(\d+(?:\.\d+)?)\s*([a-z%\u4e00-\u9fff]*?)"
_WITHOUT_NUMBER = ("半年",)
"""Delays that need no number before them."""
_DECEMBER = 12


@dataclass(frozen=True)
class Amounts:
    """``bounds`` by comparator, ``>=`` and ``<=``; the rest as in ``ask.toml``."""

    bounds: Mapping[str, re.Pattern[str]]
    month: re.Pattern[str]
    stretch: re.Pattern[str]
    whole_year: re.Pattern[str]
    delays: Mapping[str, int]
    phases: Mapping[str, re.Pattern[str]]

    @staticmethod
    def of(config: Mapping[str, Any]) -> Amounts:
        deadlines = config["deadlines"]
        before, after = "|".join(deadlines["before"]), "|".join(deadlines["after"])
        return Amounts(
            {comparator: _bound(words) for comparator, words in config["bounds"].items()},
            re.compile(rf"(?:{before})\s*(1[0-2]|[1-9])月|(1[0-2]|[1-9])月份?(?:{after})"),
            re.compile(rf"(?:{after})|\b(?:{deadlines['by_name']}) (?!the)[a-z]+"),
            re.compile("|".join(deadlines["whole_year"])),
            config["delays"],
            {phase: re.compile("|".join(words)) for phase, words in config["phases"].items()},
        )

    def bounded(self, question: str) -> tuple[float | None, float | None, str]:
        """The least and the most that is asked for, and the unit."""
        found: dict[str, tuple[float, str]] = {}
        for comparator, pattern in self.bounds.items():
            if match := pattern.search(question):
                number, unit = (match[1], match[2]) if match[1] else (match[3], match[4])
                found[comparator] = (float(number), unit)
        least, most = found.get(">="), found.get("<=")
        unit = (least or most or (0.0, ""))[1]
        return least[0] if least else None, most[0] if most else None, unit

    def deadline(self, question: str, months: Sequence[int]) -> int | None:
        """The last month of what is due by then; ``None`` where months are asked for by themselves."""
        if month := self.month.search(question):
            return int(month[1] or month[2])
        if self.whole_year.search(question):
            return _DECEMBER
        return max(months) if months and self.stretch.search(question) else None

    def delay(self, question: str) -> int | None:
        """The months by which something slips, where a question says by how much."""
        for unit, months in self.delays.items():
            for match in re.finditer(rf"(\d+|[一两二三四五六七八九十]{{0,3}})\s*(?:{unit})s?", question):
                if match[1] or unit in _WITHOUT_NUMBER:
                    return months * _count(match[1])
        return None

    def phase(self, question: str) -> str:
        """``start`` or ``finish``, where a question asks for one."""
        return next((phase for phase, pattern in self.phases.items() if pattern.search(question)), "")


def _count(written: str) -> int:
    """How many: 3, 三, 两; one where nothing is written, or no numeral."""
    if written.isdecimal():
        return int(written)
    return chinese_number(written.replace("两", "二")) or 1


def _bound(words: Sequence[str]) -> re.Pattern[str]:
    """500家以上, 超过500家: the number and its unit, before or behind."""
    bound = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(rf"{_NUMBER}及?(?:{bound})|(?:{bound})\s*{_NUMBER}(?=的|$|[，。？?]|目标|指标)")
