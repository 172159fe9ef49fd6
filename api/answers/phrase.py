"""The Chinese of answers: items, steps and lists in words, with the lines they stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.wording import beginning, deadline, when
from kg.model import Item, Step, Target

_BEGINNING = 28
_CONTENT = 40


@dataclass(frozen=True)
class Phrasing:
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
        phrases = [
            f"{self.number(mine[0][0])}：{'；'.join(self._step(step, whole) for _, step in mine)}"
            for mine in by_item.values()
        ]
        return self.some(phrases, "。", f"。其余 {len(phrases) - self.named} 个事项的步骤从略")

    def _step(self, step: Step, whole: bool) -> str:
        text = step.text.strip() if whole else beginning(step.text, _BEGINNING)
        return f"{when(step)}“{text.rstrip('。；')}”（第{step.source.line}行）"

    def step(self, item: Item, step: Step) -> str:
        return f"{self.number(item)}：{self._step(step, True)}"

    def targets(self, targets: Sequence[tuple[Item, Target]]) -> str:
        phrases = [
            f"“{target.text}”（{self.number(item)}{deadline(target)}，第{target.source.line}行）"
            for item, target in targets
        ]
        return self.some(phrases, "；", f"等共 {len(targets)} 个目标")

    def some(self, phrases: Sequence[str], separator: str, rest: str) -> str:
        """The first of a list, and how many there are where some are left out."""
        shown = separator.join(phrases[: self.named])
        return shown + (rest if len(phrases) > self.named else "")
