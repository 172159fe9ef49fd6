"""Traces, impacts and paths: what follows from the facts, each with the way it follows."""

from __future__ import annotations

from pydantic import Field

from api.schemas.base import Certainty, NodeType, Shape, absent, described
from api.schemas.entities import ENTITY, EntityShape
from api.schemas.records import SPAN, STEP, TARGET, SpanShape, StepShape, TargetShape

HOP = {
    "from": "item:gongxin-2023/1",
    "relation": "mentions",
    "to": "company:蓝湾生物",
    "evidence": SPAN,
}
TRACED_STEP = {**STEP, "certainty": "stated", "path": [HOP]}
TRACED_ITEM = {
    "document": "gongxin-2023",
    "item": 1,
    "content": "支持蓝湾生物扩产。",
    "certainty": "stated",
    "steps": [TRACED_STEP],
    "path": [HOP],
    "mentions": [SPAN],
}
TRACED_TARGET = {"document": "gongxin-2023", "item": 1, **TARGET}
RELATED = {"id": "project:海藻多糖提取项目", "why": "operated_by", "path": [HOP]}
AFFECTED = {
    "id": "step:gongxin-2023/2:9",
    "type": "Step",
    "name": "测试网络覆盖。",
    "document": "gongxin-2023",
    "item": 2,
    "effect": "后续步骤",
    "score": 0.8,
    "months": [9],
    "expected": [10],
    "shift": 1,
    "since": 9,
    "path": [HOP],
}


class HopShape(Shape):
    """One fact of a path, in its own direction, and a span of its evidence."""

    model_config = described("路径中的一条事实。", HOP)

    from_: str = Field(description="起点的编号")
    relation: str = Field(description="关系")
    to: str = Field(description="终点的编号")
    evidence: SpanShape = Field(description="证据")


class TracedStepShape(StepShape):
    """A step that speaks of the entity."""

    model_config = described("涉及所追溯实体的一个步骤。", TRACED_STEP)

    certainty: Certainty = Field(description="stated 原文写明，alias 以别名写明，inferred 推断")
    path: list[HopShape] = Field(description="从实体到步骤的路径")


class TracedItemShape(Shape):
    """An item that speaks of the entity, with its steps that do."""

    model_config = described("涉及所追溯实体的一个事项。", TRACED_ITEM)

    document: str = Field(description="文件的编号")
    item: int = Field(description="事项序号")
    content: str = Field(description="事项内容")
    certainty: Certainty = Field(description="stated 原文写明，alias 以别名写明，inferred 推断")
    steps: list[TracedStepShape] = Field(description="涉及该实体的步骤")
    path: list[HopShape] = Field(description="从实体到事项的路径")
    mentions: list[SpanShape] = Field(description="事项里提到它的各处")


class PlacedShape(Shape):
    """Where something stands: a document and an item of it."""

    model_config = described("所在的文件和事项。", {"document": "gongxin-2023", "item": 1})

    document: str = Field(description="文件的编号")
    item: int = Field(description="事项序号")


class TracedTargetShape(TargetShape, PlacedShape):
    """A target of the work that a trace finds."""

    model_config = described("所追溯的工作的一个量化目标。", TRACED_TARGET)


class TimelineShape(Shape):
    """One month with its steps."""

    model_config = described("一个月份的步骤。", {"month": 4, "keys": ["2:4"]})

    month: int = Field(description="月份")
    keys_: list[str] = Field(description="步骤；出自多个文件时前面写有文件")


class GapShape(Shape):
    """The months of one document without a step."""

    model_config = described("一个文件里没有安排的月份。", {"document": "gongxin-2023", "months": [1, 2, 12]})

    document: str = Field(description="文件的编号")
    months: list[int] = Field(description="月份")


class RelatedShape(Shape):
    """Another entity: by the path that joins them, or by the steps that name both."""

    model_config = described(
        "关联的另一个实体。", RELATED, {"id": "topic:储能", "why": "together", "steps": ["1:3"]}
    )

    id: str = Field(description="实体编号")
    why: str = Field(description="关系；together 表示同在一个步骤里")
    path: list[HopShape] | None = Field(default=None, exclude_if=absent, description="关联的路径")
    steps: list[str] | None = Field(default=None, exclude_if=absent, description="同时提到两者的步骤")


class TraceShape(Shape):
    """All work that touches an entity."""

    model_config = described(
        "追溯：涉及一个实体的全部工作。",
        {
            "entity": ENTITY,
            "items": [TRACED_ITEM],
            "sections": ["工业科"],
            "projects": ["project:海藻多糖提取项目"],
            "platforms": [],
            "targets": [TRACED_TARGET],
            "timeline": [{"month": 4, "keys": ["2:4"]}],
            "gaps": [{"document": "gongxin-2023", "months": [1, 2]}],
            "related": [RELATED],
        },
    )

    entity: EntityShape = Field(description="所追溯的实体")
    items: list[TracedItemShape] = Field(description="涉及它的事项")
    sections: list[str] = Field(description="责任科室")
    projects: list[str] = Field(description="相关的项目")
    platforms: list[str] = Field(description="相关的平台")
    targets: list[TracedTargetShape] = Field(description="量化目标")
    timeline: list[TimelineShape] = Field(description="按月份排列的步骤")
    gaps: list[GapShape] = Field(description="没有安排的月份")
    related: list[RelatedShape] = Field(description="关联的实体")


class AffectedShape(Shape):
    """One node that is affected, and the way by which it is."""

    model_config = described(
        "受影响的一个节点。", AFFECTED, {**AFFECTED, "paths": [[HOP]], "paths_cut": False}
    )

    id: str = Field(description="节点编号")
    type: NodeType = Field(description="类型")
    name: str = Field(description="名称或文字")
    document: str | None = Field(description="文件的编号；不在文件里时为 null")
    item: int | None = Field(description="事项序号；不在事项里时为 null")
    effect: str = Field(description="受什么影响")
    score: float = Field(description="影响的强弱，0 到 1")
    months: list[int] = Field(description="原定的月份")
    expected: list[int] = Field(description="推后的月份，13 为次年 1 月；没有给出推后几个月时为空")
    shift: int | None = Field(description="推后几个月；不知道时为 null")
    since: int | None = Field(description="最早从几月起；不知道时为 null")
    path: list[HopShape] = Field(description="受影响的路径")
    paths: list[list[HopShape]] | None = Field(
        default=None, exclude_if=absent, description="全部路径；要求时才有"
    )
    paths_cut: bool | None = Field(
        default=None, exclude_if=absent, description="路径是否多得没有列全；要求全部路径时才有"
    )


class ImpactShape(Shape):
    """All that is affected if a node slips."""

    model_config = described(
        "影响：一个节点拖后、落空或改变会波及什么。",
        {
            "node": "step:gongxin-2023/2:4",
            "type": "Step",
            "name": "选址并开工。",
            "depth": 5,
            "delay": 1,
            "since": 4,
            "affected": [AFFECTED],
        },
    )

    node: str = Field(description="节点编号")
    type: NodeType = Field(description="类型")
    name: str = Field(description="名称或文字")
    depth: int = Field(description="最多隔几条事实")
    delay: int | None = Field(description="推后几个月；没有给出时为 null")
    since: int | None = Field(description="最早从几月起；不知道时为 null")
    affected: list[AffectedShape] = Field(description="受影响的节点，最强的在前")


class PathsShape(Shape):
    """The shortest paths between two nodes."""

    model_config = described(
        "两个节点之间的最短路径。",
        {
            "from": "item:gongxin-2023/1",
            "to": "company:蓝湾生物",
            "length": 1,
            "paths": [[HOP]],
        },
    )

    from_: str = Field(description="一端")
    to: str = Field(description="另一端")
    length: int | None = Field(description="最短路径有几条事实；没有关系时为 null")
    paths: list[list[HopShape]] = Field(description="路径")
