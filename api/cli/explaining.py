"""Traces, impacts and paths as Chinese text, every fact with its words and the line they stand on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kg.model import parse_id

if TYPE_CHECKING:
    from api.schemas import (
        AffectedShape,
        AnswerShape,
        HopShape,
        ImpactShape,
        PathsShape,
        RelatedShape,
        TraceShape,
    )
    from api.wording import Labels
    from api.workspace.snapshot import Snapshot

_CITED = 8


def trace(answer: TraceShape, snapshot: Snapshot) -> Iterator[str]:
    """A trace as lines: items and steps with their paths, sections, targets, months, what is related."""
    entity = answer.entity
    yield f"{snapshot.labels.types[entity.type]}　{entity.name}：涉及 {len(answer.items)} 个事项"
    for item in answer.items:
        yield f"〔{item.document}〕事项 {item.item}　{item.content}（{snapshot.labels.certainties[item.certainty]}）"
        yield from _path(item.path, snapshot)
        for step in item.steps:
            yield f"    {step.key}　{step.text}（{snapshot.labels.certainties[step.certainty]}）"
    named = {"责任科室": answer.sections, "相关项目": answer.projects, "相关平台": answer.platforms}
    for title, names in named.items():
        if names:
            yield f"{title}：{'、'.join(parse_id(name).name for name in names)}"
    for target in answer.targets:
        deadline = f"（{target.month}月前）" if target.month else ""
        yield f"目标：{target.text}{deadline}〔事项 {target.item}〕"
    for entry in answer.timeline:
        yield f"{entry.month:>2}月：{'、'.join(entry.keys_)}"
    for gap in answer.gaps:
        if gap.months:
            yield f"没有安排的月份〔{gap.document}〕：{'、'.join(map(str, gap.months))}月"
    for related in answer.related:
        yield from _related(related, snapshot.labels)


def _related(related: RelatedShape, labels: Labels) -> Iterator[str]:
    name = parse_id(related.id).name
    if related.why == "together":
        yield f"同一步骤中的 {name}：{'、'.join(related.steps or [])}"
    else:
        yield f"关联的 {name}（{labels.relations.get(related.why, related.why)}）"


def asked(answer: AnswerShape, snapshot: Snapshot) -> Iterator[str]:
    """An answer as lines: its text, the first of its citations in their words, the query."""
    yield answer.text
    for span in answer.citations[:_CITED]:
        words = " ".join(snapshot.text(span.document)[span.start : span.end].split())
        yield f"    〔{span.document} 第{span.line}行〕{words}"
    if len(answer.citations) > _CITED:
        yield f"    出处共 {len(answer.citations)} 处，加 --json 可看全部。"
    yield f"查询：{answer.query}"


def impact(answer: ImpactShape, snapshot: Snapshot) -> Iterator[str]:
    """An impact as lines: every affected node with its path."""
    delay = f"拖后 {answer.delay} 个月" if answer.delay else "拖后、落空或改变"
    since = f"，最早从 {answer.since} 月起" if answer.since else ""
    yield f"{snapshot.labels.types[answer.type]}　{answer.name} {delay}：影响 {len(answer.affected)} 个节点{since}"
    for entry in answer.affected:
        where = parse_id(entry.id).name if entry.item else ""
        months = _months(entry)
        yield f"{entry.score:.2f}　{snapshot.labels.types[entry.type]} {where}　{entry.name}（{entry.effect}{months}）"
        paths = entry.paths or [entry.path]
        for path in paths:
            yield from _path(path, snapshot)
        if entry.paths_cut:
            yield f"    路径过多，这里列出 {len(paths)} 条。"


def _months(entry: AffectedShape) -> str:
    if not entry.months:
        return f"，{entry.since} 月起" if entry.since else ""
    planned = f"，原定 {'、'.join(map(str, entry.months))} 月"
    if entry.shift:
        return f"{planned}，推到 {'、'.join(_month(month) for month in entry.expected)}"
    return planned + ("，间隔足够，不必推后" if entry.shift == 0 else "")


def _month(month: int) -> str:
    years, left = divmod(month - 1, 12)
    return f"{('', '次年 ')[years] if years < 2 else f'{years} 年后 '}{left + 1} 月"


def paths(answer: PathsShape, snapshot: Snapshot) -> Iterator[str]:
    """Paths between two nodes as lines."""
    if not answer.paths:
        yield f"{answer.from_} 与 {answer.to} 之间没有找到关系。"
    for number, path in enumerate(answer.paths, 1):
        yield f"路径 {number}（{len(path)} 条事实）"
        yield from _path(path, snapshot)


def _path(path: Sequence[HopShape], snapshot: Snapshot) -> Iterator[str]:
    for hop in path:
        span = hop.evidence
        words = " ".join(snapshot.text(span.document)[span.start : span.end].split())
        relation = snapshot.labels.relations.get(hop.relation, hop.relation)
        yield f"    {hop.from_} —{relation}→ {hop.to}：“{words}”（第{span.line}行）"
