"""Chinese wording that answers, reports and the terminal share: months, deadlines, beginnings, names of types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.model import Span, Step, Target, parse_id

if TYPE_CHECKING:
    from kg.knowledge import Knowledge


@dataclass(frozen=True)
class Labels:
    """What things are called in the knowledge of a build: types, their measure words, relations, certainties."""

    types: Mapping[str, str]
    measures: Mapping[str, str]
    relations: Mapping[str, str]
    certainties: Mapping[str, str]

    @staticmethod
    def of(knowledge: Knowledge) -> Labels:
        """From ``labels.toml`` and ``relations.toml``. Raises :class:`kg.errors.KnowledgeFileError`."""
        tables = knowledge.labels
        return Labels(*(tables[name] for name in ("types", "measures", "relations", "certainties")))

    def type_of(self, node: str) -> str:
        """What the type of a node is called, by its id."""
        kind = parse_id(node).kind
        return next((name for type_, name in self.types.items() if type_.lower() == kind), kind)


def when(step: Step) -> str:
    """8月, 1–3月, 一季度, or nothing for a step without a date."""
    if step.months:
        return months(step.months)
    return f"{'一二三四'[step.quarter - 1]}季度" if step.quarter else ""


def months(found: Iterable[int]) -> str:
    """1、3–5月; months past December belong to the next year."""
    runs: list[list[int]] = []
    for month in sorted(set(found)):
        if runs and month == runs[-1][1] + 1:
            runs[-1][1] = month
        else:
            runs.append([month, month])
    if runs and runs[-1][1] > 12:
        return "、".join(_month(month) for run in runs for month in range(run[0], run[1] + 1))
    return "、".join(str(a) if a == b else f"{a}–{b}" for a, b in runs) + "月" if runs else ""


def _month(month: int) -> str:
    return f"{month}月" if month <= 12 else f"次年{month - 12}月"


def deadline(target: Target) -> str:
    """，8月, or nothing for a target without a deadline."""
    return f"，{target.month}月" if target.month else ""


def beginning(text: str, length: int) -> str:
    """The first characters of a text on one line, with … where it goes on."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[:length] + "…"


def joined(names: Sequence[str]) -> str:
    """甲、乙和丙."""
    return "和".join(filter(None, ("、".join(names[:-1]), names[-1]))) if names else ""


def lines(spans: Iterable[Span]) -> str:
    """第12、15行."""
    found = sorted({span.line for span in spans})
    return f"第{'、'.join(map(str, found))}行" if found else ""
