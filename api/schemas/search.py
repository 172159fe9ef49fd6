"""Searches: what was understood of a question, and the passages found."""

from __future__ import annotations

from pydantic import Field

from api.schemas.base import Level, Membership, Shape, described
from api.schemas.records import SPAN, SpanShape

UNDERSTOOD = {
    "text": "基站建设",
    "entities": [],
    "sections": ["信息化科"],
    "months": [4],
    "items": [],
    "kinds": [],
    "whole_set": False,
    "expanded": [],
    "corrected": [],
}
HIT = {
    "key": "2:4",
    "level": "step",
    "document": "gongxin-2023",
    "item": 2,
    "text": "选址并开工。",
    "score": 0.81,
    "parts": {"dense": 0.9, "lexical": 0.7, "graph": 0.0, "kind": 0.0},
    "highlights": [[0, 2]],
    "source": SPAN,
    "certainty": "stated",
}


class UnderstoodShape(Shape):
    """What a question asks for, as data."""

    model_config = described("对问题的理解：条件、实体和余下的文字。", UNDERSTOOD)

    text: str = Field(description="去掉条件后用来查找的文字")
    entities: list[str] = Field(description="问到的实体")
    sections: list[str] = Field(description="限定的科室")
    months: list[int] = Field(description="限定的月份")
    items: list[int] = Field(description="限定的事项序号")
    kinds: list[str] = Field(description="问的是哪类东西")
    whole_set: bool = Field(description="是否问全部")
    expanded: list[str] = Field(description="日常说法对应的公文用词")
    corrected: list[list[str]] = Field(description="按读音改正的名称：原写法和所指")


class HitShape(Shape):
    """One passage that was found."""

    model_config = described("一条结果。", HIT)

    key: str = Field(description="步骤的编号、事项序号或实体编号")
    level: Level = Field(description="step 步骤，item 事项，entity 实体")
    document: str = Field(description="文件的编号")
    item: int | None = Field(description="事项序号；不在事项里时为 null")
    text: str = Field(description="文字")
    score: float = Field(description="得分，0 到 1")
    parts: dict[str, float] = Field(description="得分的各个部分，0 到 1")
    highlights: list[list[int]] = Field(description="问题的词在 text 中的起止位置")
    source: SpanShape = Field(description="出处")
    certainty: Membership = Field(
        description="stated 原文写明，alias 以别名写明，inferred 推断，possible 语义相近"
    )


class SearchAnswerShape(Shape):
    """The hits of a search, or that there is no answer."""

    model_config = described(
        "查找的结果；文件里没有答案时 answered 为 false，hits 为空。",
        {
            "query": "信息化科4月的基站建设",
            "build": "0123456789abcdef",
            "answered": True,
            "note": "",
            "understood": UNDERSTOOD,
            "hits": [HIT],
            "nearest": [],
            "found": {"stated": 1, "possible": 3},
        },
    )

    query: str = Field(description="问题")
    build: str = Field(description="所用图谱的版本")
    answered: bool = Field(description="文件里有没有答案")
    note: str = Field(description="给人看的说明；没有时为空")
    understood: UnderstoodShape = Field(description="对问题的理解")
    hits: list[HitShape] = Field(description="结果，最相符的在前")
    nearest: list[HitShape] = Field(description="没有结果时，不计条件最接近的几条")
    found: dict[Membership, int] = Field(description="相符的共有多少，按把握分")
