"""The chapters of a report: figures of the plans as titled tables, each row with the lines it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.wording import beginning, months, when
from api.workspace.snapshot import Snapshot
from kg.analysis import Network
from kg.analysis.coupling import communities, couplings, keystones, section_couplings
from kg.analysis.figures import due, gaps, load, repeated
from kg.model import Item, Span, Step

Rows = tuple[tuple[str | int | float, ...], ...]

_LONGEST = 30
"""Rows of a table of pairs; how many there are is said above it."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One table; all cells are text or numbers."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Report:
    """All chapters, under a title that says what they rest on."""

    title: str
    note: str
    chapters: tuple[Chapter, ...]


def report(snapshot: Snapshot) -> Report:
    """The report on one build; the same build gives the same report."""
    network = snapshot.network
    several = len(snapshot.documents) > 1
    name = _Names(network, several)
    titles = "、".join(
        d.title or d.name for d in (records.outline.document for records in snapshot.documents)
    )
    chapters = (
        _overview(snapshot),
        _loads(network),
        _targets(network, name),
        _couplings(network, name),
        _sections(network, name),
        _keystones(network),
        _communities(network, name),
        _repeated(network, name),
        _gaps(network, name),
        _defects(snapshot, name),
    )
    return Report("工作计划分析报告", f"依据：{titles}。图谱版本 {snapshot.build}。", chapters)


@dataclass(frozen=True)
class _Names:
    network: Network
    several: bool

    def item(self, item: Item) -> str:
        return f"{item.document}/{item.no}" if self.several else str(item.no)

    def content(self, item: Item) -> str:
        return f"{self.item(item)} {beginning(item.content, 30)}"

    def node(self, node: str) -> str:
        place = self.network.place[node]
        name = self.network.name(place)
        return self.content(self.network.items[place]) if place < self.network.first_step else name

    def span(self, span: Span) -> str:
        return f"{span.document} 第{span.line}行" if self.several else f"第{span.line}行"


def _overview(snapshot: Snapshot) -> Chapter:
    rows = [
        (
            plan.document.title or plan.document.name,
            plan.document.year or "",
            len(plan.items),
            sum(len(item.steps) for item in plan.items),
            sum(len(item.targets) for item in plan.items),
            sum(len(item.defects) for item in plan.items) + len(plan.defects),
        )
        for plan in snapshot.plans
    ]
    return Chapter("概况", "", ("文件", "年份", "事项", "步骤", "目标", "原文缺陷"), tuple(rows))


def _loads(network: Network) -> Chapter:
    columns = ("科室", "事项", *(f"{month}月" for month in range(1, 13)), "未注明月份", "目标")
    rows: Rows = tuple(
        (one.section or "（未写明）", one.items, *one.steps, one.undated, one.targets)
        for one in load(network)
    )
    return Chapter("科室工作量", "各月的步骤数；跨月的步骤计入其每个月，配合单位也计入。", columns, rows)


def _targets(network: Network, name: _Names) -> Chapter:
    rows = tuple(
        (
            f"{target.month}月" if target.month else "年内",
            target.text,
            target.number,
            target.unit,
            name.item(item),
            item.section.name if item.section else "",
            name.span(target.source),
        )
        for item, target in due(network)
    )
    return Chapter(
        "目标与期限", "按期限排列。", ("期限", "目标", "数值", "单位", "事项", "科室", "出处"), rows
    )


def _couplings(network: Network, name: _Names) -> Chapter:
    pairs = couplings(network)
    rows = tuple(
        (name.node(p.one), name.node(p.other), round(p.strength, 2), "、".join(map(name.node, p.shared)))
        for p in pairs[:_LONGEST]
    )
    note = f"共 {len(pairs)} 对事项提到同一企业、项目、平台或行动{_cut(pairs)}。"
    return Chapter("相互关联的事项", note, ("事项", "事项", "强度", "共同对象"), rows)


def _sections(network: Network, name: _Names) -> Chapter:
    pairs = section_couplings(network)
    rows = tuple(
        (p.one, p.other, round(p.strength, 2), "、".join(map(name.node, p.shared))) for p in pairs[:_LONGEST]
    )
    note = f"共 {len(pairs)} 对科室负责同一事项，或其事项提到同一对象{_cut(pairs)}。"
    return Chapter("需要协同的科室", note, ("科室", "科室", "强度", "因为"), rows)


def _keystones(network: Network) -> Chapter:
    found = keystones(network)
    rows = tuple(
        (network.name(network.place[k.id]), k.items, "、".join(k.sections), round(k.betweenness, 3))
        for k in found[:_LONGEST]
    )
    note = f"共 {len(found)} 个对象为多个事项共有，按其在事项之间的中介程度排列{_cut(found)}。"
    return Chapter("串联全局的对象", note, ("对象", "事项数", "科室", "中介中心性"), rows)


def _communities(network: Network, name: _Names) -> Chapter:
    rows = tuple(
        (number, len(group), "；".join(map(name.node, group)))
        for number, group in enumerate(communities(network), 1)
    )
    return Chapter("事项群组", "因共同对象而联系紧密的事项。", ("群组", "事项数", "事项"), rows)


def _repeated(network: Network, name: _Names) -> Chapter:
    rows = tuple(
        (
            beginning(one.text, 60),
            len(one.places),
            "；".join(_when(one.places, name)),
            "、".join(dict.fromkeys(name.span(step.source) for _, step in one.places)),
        )
        for one in repeated(network)
    )
    return Chapter("重复的步骤", "文字完全相同的步骤。", ("步骤", "次数", "事项和月份", "出处"), rows)


def _when(places: Sequence[tuple[Item, Step]], name: _Names) -> Iterator[str]:
    """19：2–12月, item by item."""
    for item in dict.fromkeys(item for item, _ in places):
        steps = [step for other, step in places if other is item]
        dated = months(month for step in steps for month in step.months)
        yield f"{name.item(item)}：{dated or '、'.join(filter(None, map(when, steps)))}"


def _gaps(network: Network, name: _Names) -> Chapter:
    rows = [
        (name.content(item), months(missing))
        for node, missing in gaps(network).items()
        for item in [network.items[network.place[node]]]
    ]
    rows += [(name.content(item), "全年没有步骤") for item in network.items if not item.steps]
    return Chapter("没有安排的月份", "有分月步骤的事项在这些月份没有步骤。", ("事项", "月份"), tuple(rows))


def _defects(snapshot: Snapshot, name: _Names) -> Chapter:
    rows = tuple(_defect_rows(snapshot, name))
    return Chapter("原文缺陷", "原文照录，请起草单位核对。", ("事项", "问题", "出处"), rows)


def _defect_rows(snapshot: Snapshot, name: _Names) -> Iterator[tuple[str, str, str]]:
    for plan in snapshot.plans:
        for item in plan.items:
            for defect in item.defects:
                yield name.item(item), defect.message, name.span(defect.source)
        for defect in plan.defects:
            yield "", defect.message, name.span(defect.source)


def _cut(found: Sequence[object]) -> str:
    return f"，这里列出前 {_LONGEST} 个" if len(found) > _LONGEST else ""
