"""Impacts: what is affected if a node slips, each with the way it is."""

from __future__ import annotations

from pydantic import Field

from api.schemas.base import NodeType, Shape, absent, described
from api.schemas.paths import HOP, HopShape

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
