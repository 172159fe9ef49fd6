"""Traces: all work that touches an entity, each with the way it does."""

from __future__ import annotations

from pydantic import Field

from api.schemas.base import Certainty, Shape, absent, described
from api.schemas.entities import ENTITY, EntityShape
from api.schemas.paths import HOP, HopShape
from api.schemas.records import SPAN, STEP, TARGET, SpanShape, StepShape, TargetShape

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
