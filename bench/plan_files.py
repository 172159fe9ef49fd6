"""Plan files of any number of steps, for measuring what reading, encoding and searching them costs.

A plan is a table as bureaus publish it, as CSV: number, content, a column for each quarter with its monthly steps,
measures, section, supervision. Texts are put together from the words of ``plan_words.toml`` and from names that a
plan invents, so that hardly two steps are alike and an encoder has real work. The same seed gives the same files.
"""

from __future__ import annotations

import csv
import io
import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bench.generated import invented_name

PLAN = 319
"""How many steps a plan has: as many as the sample."""
_MONTHS = 12
_COLUMNS = ("序号", "内容", "一季度", "二季度", "三季度", "四季度", "执行措施", "责任科室", "监督方式")
_COMPANIES = 30
_YEAR = 2021
_SLOT = re.compile(r"\{(\w+)\}")

Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class PlanFile:
    """A generated plan: what it holds, before it is written."""

    name: str
    text: str
    steps: tuple[str, ...]

    def write(self, folder: Path) -> Path:
        path = folder / self.name
        path.write_text(self.text, encoding="utf-8")
        return path


def plan_files(steps: int, seed: int = 2021) -> Iterator[PlanFile]:
    """Plans that have ``steps`` steps together, the last one what is left."""
    for number, first in enumerate(range(0, steps, PLAN)):
        yield _plan(number, min(PLAN, steps - first), seed)


def write_plans(steps: int, folder: Path, seed: int = 2021) -> list[Path]:
    """The files of :func:`plan_files` in a folder, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    return [plan.write(folder) for plan in plan_files(steps, seed)]


def _plan(number: int, steps: int, seed: int) -> PlanFile:
    writer = _Writer(number, random.Random(f"{seed}/{number}"), _words())
    written: list[str] = []
    rows: list[Sequence[str]] = []
    while len(written) < steps:
        months = min(_MONTHS, steps - len(written))
        texts = [writer.step() for _ in range(months)]
        rows.append(writer.row(len(rows) + 1, texts))
        written += texts
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_COLUMNS, *rows])
    return PlanFile(
        f"{writer.county}{writer.bureau}{_YEAR}年工作计划-{number:04}.csv", out.getvalue(), tuple(written)
    )


@cache
def _words() -> Words:
    loaded: Words = tomllib.loads((Path(__file__).parent / "plan_words.toml").read_text(encoding="utf-8"))
    return loaded


@dataclass
class _Writer:
    """Writes the cells of one plan."""

    number: int
    random: random.Random
    words: Words
    kept: dict[str, str] = field(default_factory=dict)
    """What the step at hand speaks of: each of its clauses names the same topic and company."""

    @property
    def county(self) -> str:
        return invented_name(100_000 + 11 * self.number)[:3] + "区"

    @property
    def bureau(self) -> str:
        bureaus = self.words["bureaus"]
        return bureaus[self.number % len(bureaus)]

    def row(self, no: int, steps: Sequence[str]) -> list[str]:
        self.kept.clear()
        quarters = [self._quarter(steps, first) for first in range(0, _MONTHS, 3)]
        section = self._one_of("sections")
        return [
            str(no),
            self.said("contents"),
            *quarters,
            self.said("measures"),
            section,
            self.said("supervision"),
        ]

    def step(self) -> str:
        self.kept.clear()
        clauses = [self.said("openings")]
        clauses += [self.said("followings") for _ in range(self.random.choice((0, 0, 1, 1)))]
        return "，".join(clauses) + "。"

    def said(self, list_: str) -> str:
        """One of a list of sentences, with its slots filled."""
        return _SLOT.sub(lambda slot: self._filled(slot[1]), self._one_of(list_))

    def _filled(self, slot: str) -> str:
        if slot in ("company", "topics"):
            return self.kept.setdefault(slot, self._company() if slot == "company" else self._one_of(slot))
        if slot == "number":
            return str(self.random.choice((self.random.randrange(2, 30), 10 * self.random.randrange(3, 60))))
        return self.county if slot == "county" else self._one_of(slot)

    def _one_of(self, list_: str) -> str:
        return self.random.choice(self.words[list_])

    def _company(self) -> str:
        """The first ones more often than the last, as in real plans."""
        place = int(_COMPANIES * self.random.random() ** 2)
        return invented_name(31 * (_COMPANIES * self.number + place) + 1_000)

    def _quarter(self, steps: Sequence[str], first: int) -> str:
        """As the sample has it: each step led by its month, a blank line between."""
        return "\n\n".join(
            f"{first + at + 1}月份：{text}" for at, text in enumerate(steps[first : first + 3])
        )
