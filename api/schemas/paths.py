"""Paths: the facts that lead from one node to another."""

from __future__ import annotations

from pydantic import Field

from api.schemas.base import Shape, described
from api.schemas.records import SPAN, SpanShape

HOP = {
    "from": "item:gongxin-2023/1",
    "relation": "mentions",
    "to": "company:蓝湾生物",
    "evidence": SPAN,
}


class HopShape(Shape):
    """One fact of a path, in its own direction, and a span of its evidence."""

    model_config = described("路径中的一条事实。", HOP)

    from_: str = Field(description="起点的编号")
    relation: str = Field(description="关系")
    to: str = Field(description="终点的编号")
    evidence: SpanShape = Field(description="证据")


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
