"""Answers as Chinese text for a terminal; progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kg.model import parse_id

if TYPE_CHECKING:
    from rich.console import Console

    from api.schemas import (
        DocumentShape,
        EntityShape,
        HitShape,
        IngestedShape,
        ItemShape,
        RecordedShape,
        ReportShape,
        ReviewShape,
        SearchAnswerShape,
        StatsShape,
    )
    from api.wording import Labels
    from kg.progress import Progress


@contextmanager
def progress() -> Iterator[Progress]:
    """Bars on standard error, one a stage; plain lines where it is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    console = Console(file=sys.stderr)
    if not console.is_terminal:
        yield _lines(console)
        return
    with Bars(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console) as bars:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield report
        for task in tasks.values():
            bars.update(task, completed=bars.tasks[task].total)


def _lines(console: Console) -> Progress:
    seen: set[str] = set()

    def report(stage: str, done: int, total: int) -> None:
        if stage not in seen:
            seen.add(stage)
            console.print(f"{stage}……", highlight=False)

    return report


def ingested(result: IngestedShape) -> Iterator[str]:
    """A line a document, and whether a build was published."""
    for document in result.documents:
        yield (
            f"{document.id}：{document.items} 个事项，{document.steps} 个步骤，"
            f"原文缺陷 {document.defects} 处。"
        )
    yield f"已发布 {result.build}。" if result.changed else "内容没有变化，沿用已发布的图谱。"


def documents(result: Sequence[DocumentShape]) -> Iterator[str]:
    """A line a document."""
    for document in result:
        yield f"{document.id}\t{document.items} 个事项\t{document.steps} 个步骤\t{document.title}"
    if not result:
        yield "工作区里还没有文件，请用 kg ingest 导入。"


def items(result: Sequence[ItemShape]) -> Iterator[str]:
    """Items with their steps, targets and defects."""
    for item in result:
        section = item.section.name if item.section else "—"
        yield f"{item.no:>3}　{item.content}　〔{section}〕"
        for step in item.steps:
            yield f"      {step.label or step.key}：{step.text}"
        for target in item.targets:
            yield f"      目标：{target.text}"
        for defect in item.defects:
            yield f"      ⚠ 第{defect.source.line}行：{defect.message}"


def entities(result: Sequence[EntityShape], labels: Labels) -> Iterator[str]:
    """A line an entity, with its other names."""
    for entity in result:
        others = [alias for alias in entity.aliases if alias != entity.name]
        also = f"（又作 {'、'.join(others)}）" if others else ""
        numbers = "、".join(map(str, entity.items)) or "—"
        yield f"{labels.types[entity.type]}　{entity.name}{also}　事项 {numbers}　提及 {entity.mentions} 处"


def search(answer: SearchAnswerShape, labels: Labels) -> Iterator[str]:
    """A line a hit, those of the same words together, and how many more there are."""
    if answer.note:
        yield answer.note
    for hits in _grouped(answer.hits or answer.nearest):
        first = max(hits, key=lambda hit: hit.score)
        keys = "、".join(hit.key for hit in hits) if first.level != "entity" else labels.type_of(first.key)
        lines = "、".join(str(hit.source.line) for hit in hits)
        certainty = labels.certainties[first.certainty]
        yield f"{first.score:.2f}　{keys}　{first.text}　（{certainty}）〔{first.document} 第{lines}行〕"
    sure = sum(count for certainty, count in answer.found.items() if certainty != "possible")
    shown = sum(hit.certainty != "possible" for hit in answer.hits)
    if sure > shown:
        yield f"确定相符的共 {sure} 条，这里列出 {shown} 条，可用 --top 列出更多。"


def _grouped(hits: Sequence[HitShape]) -> Iterator[list[HitShape]]:
    """Hits of the same words and certainty together, where the best of them stands."""
    groups: dict[tuple[str, str, str], list[HitShape]] = {}
    for hit in hits:
        groups.setdefault((hit.document, hit.text, hit.certainty), []).append(hit)
    for group in groups.values():
        yield sorted(group, key=lambda hit: hit.source.start)


def report(result: ReportShape) -> Iterator[str]:
    """The report as Markdown, or where it was written."""
    if result.file:
        yield f"已写入 {result.file}。"
    else:
        from api.report.files import markdown

        yield from markdown(result)


def stats(result: StatsShape) -> Iterator[str]:
    """A line a count."""
    for key, value in result.plain().items():
        inner = "，".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        yield f"{key}：{inner}"


def decisions(result: Sequence[RecordedShape], labels: Labels) -> Iterator[str]:
    """A line a decision, with who took it and whether it is in force."""
    for decision in result:
        state = "有效" if decision.in_force else f"已由 {decision.undone_by} 撤销"
        names = "、".join(decision.surfaces)
        to = f" → {decision.to_type}" if decision.to_type else ""
        yield (
            f"{decision.id}　{decision.when}　{decision.who}　{decision.kind}　"
            f"{labels.types[decision.type]}{to}　{names} → {decision.name}（{state}）"
        )
    if not result:
        yield "还没有人工决定。"


def review(result: Sequence[ReviewShape]) -> Iterator[str]:
    """A line for everything worth a look, the likeliest first."""
    kinds = {"duplicate": "可能重复", "unsure": "没有把握"}
    for entry in result:
        names = " / ".join(parse_id(name).name for name in entry.entities)
        yield f"{entry.score:.2f}　{kinds[entry.kind]}　{names}"
    if not result:
        yield "没有需要复核的名称。"
