"""The workspace: what was taken in and out, how large it is, and what went wrong."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.schemas.base import Shape, absent, described
from api.schemas.records import DOCUMENT, DocumentShape
from kg.model import EntityType


class IngestedShape(Shape):
    """What an ingestion did."""

    model_config = described(
        "导入的结果。", {"documents": [DOCUMENT], "build": "0123456789abcdef", "changed": True}
    )

    documents: list[DocumentShape] = Field(description="导入的文件")
    build: str | None = Field(description="图谱的版本；没有文件时为 null")
    changed: bool = Field(description="内容是否有变化")


class RemovedShape(Shape):
    """What a removal did."""

    model_config = described("移除的结果。", {"removed": "gongxin-2023", "build": None})

    removed: str = Field(description="移除的文件的编号")
    build: str | None = Field(description="图谱的版本；没有文件时为 null")


class StatsShape(Shape):
    """Counts of everything."""

    model_config = described(
        "图谱的规模和原文缺陷。",
        {
            "build": "0123456789abcdef",
            "encoder": "bundled:multilingual-e5-small-q4",
            "documents": 1,
            "items": 12,
            "steps": 96,
            "targets": 7,
            "mentions": 180,
            "entities": {"Company": 20, "Project": 8},
            "facts": {"mentions": 180, "has_step": 96},
            "nodes": 150,
            "edges": 420,
            "defects": {"missing-months": 3},
        },
    )

    build: str | None = Field(description="图谱的版本；没有文件时为 null")
    encoder: str | None = Field(description="所用的语义模型；没有文件时为 null")
    documents: int = Field(description="文件数")
    items: int = Field(description="事项数")
    steps: int = Field(description="步骤数")
    targets: int = Field(description="目标数")
    mentions: int = Field(description="提及数")
    entities: dict[EntityType, int] = Field(description="各类实体的数目")
    facts: dict[str, int] = Field(description="各种关系的事实数")
    nodes: int = Field(description="节点数")
    edges: int = Field(description="边数")
    defects: dict[str, int] = Field(description="各种原文缺陷的数目")


class ExportedShape(Shape):
    """What an export wrote."""

    model_config = described("导出的结果。", {"format": "csv", "file": "facts.csv", "bytes": 20480})

    format: str = Field(description="格式")
    file: str = Field(description="文件")
    bytes: int = Field(description="字节数")


class ProblemShape(Shape):
    """A failure as RFC 9457 has it."""

    model_config = described(
        "出错的说明（RFC 9457）：detail 是一句话，说明该怎么办。",
        {"type": "about:blank", "title": "参数有误", "status": 400, "detail": "top 应在 1 到 1000 之间。"},
        {
            "type": "about:blank",
            "title": "没有找到",
            "status": 404,
            "detail": "没有找到“蓝弯”，相近的名称：蓝湾生物。",
            "nearest": ["蓝湾生物"],
        },
    )

    type: str = Field(description="问题的种类，总是 about:blank")
    title: str = Field(description="简称")
    status: int = Field(description="HTTP 状态码")
    detail: str = Field(description="一句话：哪里不对，该怎么办")
    nearest: list[str] | None = Field(
        default=None, exclude_if=absent, description="相近的名称；没有找到时才有"
    )


class HealthShape(Shape):
    """That the process answers."""

    model_config = described("进程能够应答。", {"status": "ok"})

    status: Literal["ok"] = Field(description="总是 ok")
