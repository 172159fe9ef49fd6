"""Things of the world that the documents name: entities, their mentions, and facts."""

from __future__ import annotations

from pydantic import Field

from api.schemas.base import Shape, described
from api.schemas.records import SPAN, SpanShape
from kg.model import EntityType, Method, Where

ENTITY = {
    "id": "company:蓝湾生物",
    "type": "Company",
    "name": "蓝湾生物",
    "aliases": ["蓝湾", "蓝湾生物"],
    "reasons": {"蓝湾": "文中简称"},
    "items": [1, 5],
    "documents": ["gongxin-2023"],
    "mentions": 4,
}
MENTION = {
    "document": "gongxin-2023",
    "item": 1,
    "where": "step",
    "line": 14,
    "start": 320,
    "end": 322,
    "surface": "蓝湾",
    "entity": "company:蓝湾生物",
    "type": "Company",
    "name": "蓝湾生物",
    "step": "1:3",
    "annotator": "vocabulary",
    "confidence": 0.95,
}
FACT = {
    "head": "item:gongxin-2023/1",
    "relation": "mentions",
    "tail": "company:蓝湾生物",
    "evidence": [SPAN],
    "method": "stated",
}


class EntityShape(Shape):
    """One entity with its names and where it is named."""

    model_config = described("一个实体：企业、项目、平台、主题、机构、科室等。", ENTITY)

    id: str = Field(description="编号：小写的类型、冒号、名称；重新生成后不变")
    type: EntityType = Field(description="类型")
    name: str = Field(description="名称")
    aliases: list[str] = Field(description="原文里的各种写法")
    reasons: dict[str, str] = Field(description="每个别名归到这里的理由")
    items: list[int] = Field(description="提到它的事项序号")
    documents: list[str] = Field(description="提到它的文件")
    mentions: int = Field(description="提及的次数")


class MentionShape(Shape):
    """One name at its place in a document."""

    model_config = described("一处提及：名称在原文中的位置和所指的实体。", MENTION)

    document: str = Field(description="文件的编号")
    item: int | None = Field(description="事项序号；不在事项里时为 null")
    where: Where = Field(description="在文件的哪一部分")
    line: int = Field(description="所在的行，从 1 数起")
    start: int = Field(description="起点（含），以字符计")
    end: int = Field(description="终点（不含），以字符计")
    surface: str = Field(description="原文的写法")
    entity: str = Field(description="所指实体的编号")
    type: EntityType = Field(description="实体类型")
    name: str = Field(description="实体名称")
    step: str | None = Field(description="所在的步骤；不在步骤里时为 null")
    annotator: str = Field(description="由哪种识别方法找到")
    confidence: float = Field(description="把握，0 到 1")


class FactShape(Shape):
    """A relation between two nodes, with what shows it."""

    model_config = described("一条事实：两个节点之间的关系，附原文证据。", FACT)

    head: str = Field(description="起点的编号")
    relation: str = Field(description="关系")
    tail: str = Field(description="终点的编号")
    evidence: list[SpanShape] = Field(description="证据，至少一处")
    method: Method = Field(description="stated 原文写明，pattern 由名称得出，inferred 推断")


class EntityDetailShape(EntityShape):
    """An entity with its facts and all its mentions."""

    model_config = described("一个实体及其全部事实和提及。", {**ENTITY, "facts": [FACT], "spans": [MENTION]})

    facts: list[FactShape] = Field(description="以它为一端的事实")
    spans: list[MentionShape] = Field(description="提到它的各处")
