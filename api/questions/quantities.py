"""Numbers and times in questions: 500家以上, 6月底前, 推迟两个月, 启动 or 完成."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NUMBER = r"(\d+(?:\.\d+)?)\s*([a-z%\u4e00-\u9fff]*?)"
_NUMBERS = {word: value for value, word in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "": 1}
_WITHOUT_NUMBER = ("半年",)
"""Delays that need no number before them."""
_DECEMBER = 12


@dataclass(frozen=True)
class Amounts:
    """``bounds`` by comparator, ``>=`` and ``<=``; the rest as in ``ask.toml``."""

    bounds: Mapping[str, re.Pattern[str]]
    month: re.Pattern[str]
    stretch: re.Pattern[str]
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
        if re.search(r"(?:年底|年末)(?:之?前|以前)?|全年", question):
            return _DECEMBER
        return max(months) if months and self.stretch.search(question) else None

    def delay(self, question: str) -> int | None:
        """The months by which something slips, where a question says by how much."""
        for unit, months in self.delays.items():
            for match in re.finditer(rf"(\d+|[一两二三四五六七八九十]?)\s*(?:{unit})s?", question):
                if match[1] or unit in _WITHOUT_NUMBER:
                    return months * (int(match[1]) if match[1].isdecimal() else _NUMBERS[match[1]])
        return None

    def phase(self, question: str) -> str:
        """``start`` or ``finish``, where a question asks for one."""
        return next((phase for phase, pattern in self.phases.items() if pattern.search(question)), "")


def _bound(words: Sequence[str]) -> re.Pattern[str]:
    """500家以上, 超过500家: the number and its unit, before or behind."""
    bound = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(rf"{_NUMBER}及?(?:{bound})|(?:{bound})\s*{_NUMBER}(?=的|$|[，。？?]|目标|指标)")
