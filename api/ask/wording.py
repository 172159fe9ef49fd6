"""The Chinese of answers: items, steps, months and lists in words, with the lines they stand on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.model import Item, Span, Step, Target

_BEGINNING = 28
_CONTENT = 40
TYPE_NAMES = {
    "Company": ("企业", "家"), "Project": ("项目", "个"), "Platform": ("平台", "个"), "Topic": ("主题", "个"),
    "Organization": ("机构", "个"), "Section": ("科室", "个"), "Place": ("地点", "处"), "Program": ("行动", "项"),
    "Event": ("活动", "项"), "PolicyDocument": ("政策文件", "份"),
}  # fmt: skip


@dataclass(frozen=True)
class Wording:
    """``several`` says whether answers must name the document; ``named`` and ``quoted`` bound what is spelt out."""

    several: bool
    named: int
    quoted: int

    def item(self, item: Item) -> str:
        """事项13“深耕细作智能家电…”（工业科）."""
        section = f"（{item.section.name}）" if item.section else ""
        return f"{self.number(item)}“{beginning(item.content, _CONTENT)}”{section}"

    def number(self, item: Item) -> str:
        return f"{self.of(item.document)}事项{item.no}"

    def of(self, document: str) -> str:
        return f"〔{document}〕" if self.several else ""

    def items(self, items: Sequence[Item]) -> str:
        return self.some([self.item(item) for item in items], "；", f"等共 {len(items)} 个事项")

    def steps(self, steps: Sequence[tuple[Item, Step]]) -> str:
        """The steps item by item, quoted in full where they are few."""
        whole = len(steps) <= self.quoted
        by_item: dict[str, list[tuple[Item, Step]]] = {}
        for item, step in steps:
            by_item.setdefault(item.id, []).append((item, step))
        told = [
            f"{self.number(mine[0][0])}：{'；'.join(self._step(step, whole) for _, step in mine)}"
            for mine in by_item.values()
        ]
        return self.some(told, "。", f"。其余 {len(told) - self.named} 个事项的步骤从略")

    def _step(self, step: Step, whole: bool) -> str:
        text = step.text.strip() if whole else beginning(step.text, _BEGINNING)
        return f"{when(step)}“{text.rstrip('。；')}”（第{step.source.line}行）"

    def step(self, item: Item, step: Step) -> str:
        return f"{self.number(item)}：{self._step(step, True)}"

    def targets(self, targets: Sequence[tuple[Item, Target]]) -> str:
        told = [
            f"“{target.text}”（{self.number(item)}{deadline(target)}，第{target.source.line}行）"
            for item, target in targets
        ]
        return self.some(told, "；", f"等共 {len(targets)} 个目标")

    def some(self, told: Sequence[str], separator: str, rest: str) -> str:
        """The first of a list, and how many there are where some are left out."""
        shown = separator.join(told[: self.named])
        return shown + (rest if len(told) > self.named else "")


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
    return f"，{target.month}月" if target.month else ""


def beginning(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[:length] + "…"


def joined(names: Sequence[str]) -> str:
    """甲、乙和丙."""
    return "和".join(filter(None, ("、".join(names[:-1]), names[-1]))) if names else ""


def lines(spans: Iterable[Span]) -> str:
    """第12、15行."""
    found = sorted({span.line for span in spans})
    return f"第{'、'.join(map(str, found))}行" if found else ""
