"""Answers to questions: one paragraph, the sets it stands for, and what shows it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.schemas.base import Shape, described
from api.schemas.records import SPAN, SpanShape

Intent = Literal[
    "compare", "impact", "lacking", "hotline", "responsible", "when", "entities", "targets", "trace", "items",
    "steps", "search",
]  # fmt: skip
VALUE = {"text": "新建基站300个", "source": SPAN}


class ValueShape(Shape):
    """One thing that was asked for, as it is written."""

    model_config = described("问到的一个值，照原文。", VALUE)

    text: str = Field(description="原文")
    source: SpanShape = Field(description="出处")


class AnswerShape(Shape):
    """The answer to a question; its ``query`` asked again gives the same answer."""

    model_config = described(
        "对一个问题的回答；把其中的 query 原样再问，得到同样的回答。",
        {
            "question": "基站建设的目标是多少",
            "build": "0123456789abcdef",
            "intent": "targets",
            "answered": True,
            "text": "基站建设的目标共 1 个：“新建基站300个”（事项2，第14行）。",
            "documents": ["gongxin-2023"],
            "items": [2],
            "item_ids": ["item:gongxin-2023/2"],
            "steps": [],
            "entities": [],
            "values": [VALUE],
            "query": '{"intent":"targets","words":[["基站"]],"text":"基站建设的目标是多少"}',
            "citations": [SPAN],
        },
    )

    question: str = Field(description="问题")
    build: str = Field(description="所用图谱的版本")
    intent: Intent = Field(description="问的是什么")
    answered: bool = Field(description="文件里有没有答案")
    text: str = Field(description="回答，一段话；没有答案时说明为什么")
    documents: list[str] = Field(description="答案出自哪些文件")
    items: list[int] = Field(description="事项序号")
    item_ids: list[str] = Field(description="事项编号，含文件")
    steps: list[str] = Field(description="步骤；出自多个文件时前面写有文件")
    entities: list[str] = Field(description="实体编号")
    values: list[ValueShape] = Field(description="问到的值")
    query: str = Field(description="实际运行的查询，可原样再问")
    citations: list[SpanShape] = Field(description="出处")
