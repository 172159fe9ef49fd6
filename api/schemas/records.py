"""What the documents say: spans, items with their steps and targets, documents."""

from __future__ import annotations

from pydantic import Field

from api.schemas.base import Shape, absent, described
from kg.model import Comparator, Role, Where

SPAN = {"document": "gongxin-2023", "line": 14, "start": 320, "end": 334}
STEP = {
    "key": "2:4",
    "label": "4月份",
    "months": [4],
    "quarter": 2,
    "text": "选址并开工。",
    "source": SPAN,
}
TARGET = {
    "text": "新建基站300个",
    "metric": "基站",
    "number": 300.0,
    "unit": "个",
    "comparator": "=",
    "month": None,
    "where": "content",
    "source": SPAN,
    "step": None,
}
SECTION = {"name": "信息化科", "raw": "信息化科", "inferred": False}
RESPONSIBLE = {"name": "信息化科", "role": "lead", "source": SPAN}
DEFECT = {"code": "missing-months", "message": "这一行没有写明月份。", "source": SPAN}
DOCUMENT = {
    "id": "gongxin-2023",
    "name": "gongxin-2023.txt",
    "title": "工信局2023年重点工作",
    "year": 2023,
    "items": 12,
    "steps": 96,
    "defects": 3,
    "digest": "9f2c" * 16,
}


class SpanShape(Shape):
    """A stretch of one document, in code points of its decoded text."""

    model_config = described("原文中的一处：解码后的文本中从 start 到 end 的字符。", SPAN)

    document: str = Field(description="文件的编号")
    line: int = Field(description="起点所在的行，从 1 数起")
    start: int = Field(description="起点（含），以字符计")
    end: int = Field(description="终点（不含），以字符计")
    table: int | None = Field(
        default=None, exclude_if=absent, description="第几张表，从 0 数起；仅表格文件有"
    )
    row: int | None = Field(default=None, exclude_if=absent, description="第几行，从 0 数起；仅表格文件有")
    column: int | None = Field(default=None, exclude_if=absent, description="第几列，从 0 数起；仅表格文件有")


class StepShape(Shape):
    """One dated entry of an item."""

    model_config = described("事项的一个分月步骤。", STEP)

    key: str = Field(description="事项序号和月份，如 13:8、23:1-3；没有月份时如 4:Q1")
    label: str | None = Field(description="原文的月份标签；没有时为 null")
    months: list[int] = Field(description="月份（1–12），升序；没有写明时为空")
    quarter: int | None = Field(description="季度（1–4）；跨季度或不明时为 null")
    text: str = Field(description="步骤的文字")
    source: SpanShape = Field(description="出处")


class TargetShape(Shape):
    """A number that a plan commits to."""

    model_config = described("计划承诺的一个量化目标。", TARGET)

    text: str = Field(description="原文")
    metric: str = Field(description="指标")
    number: float = Field(description="数值")
    unit: str = Field(description="单位")
    comparator: Comparator = Field(description="与数值的关系")
    month: int | None = Field(description="期限的月份；没有写明时为 null")
    where: Where = Field(description="在事项的哪一部分")
    source: SpanShape = Field(description="出处")
    step: str | None = Field(description="所在的步骤；不在步骤里时为 null")


class SectionShape(Shape):
    """The responsible section of an item, as written and as understood."""

    model_config = described("事项的责任科室。", SECTION)

    name: str = Field(description="科室")
    raw: str = Field(description="原文的写法")
    inferred: bool = Field(description="原文残缺，由其他事项推断")


class ResponsibleShape(Shape):
    """One responsible unit and the part it plays."""

    model_config = described("一个责任单位。", RESPONSIBLE)

    name: str = Field(description="单位")
    role: Role = Field(description="lead 牵头，support 配合")
    source: SpanShape = Field(description="出处")


class DefectShape(Shape):
    """Something that the source spoiled."""

    model_config = described("原文的一处缺陷：照录并报告。", DEFECT)

    code: str = Field(description="缺陷的种类，如 missing-number、truncated")
    message: str = Field(description="说明")
    source: SpanShape = Field(description="出处")


class ItemShape(Shape):
    """One row of a plan."""

    model_config = described(
        "工作计划的一个事项。",
        {
            "document": "gongxin-2023",
            "no": 2,
            "number_in_source": True,
            "content": "推进5G网络建设，新建基站300个。",
            "section": SECTION,
            "responsible": [RESPONSIBLE],
            "measures": "一、专人负责。",
            "criteria": None,
            "hotline": "12345",
            "source": SPAN,
            "steps": [STEP],
            "targets": [TARGET],
            "defects": [DEFECT],
        },
    )

    document: str = Field(description="文件的编号")
    no: int = Field(description="事项序号；原文缺失时接着数")
    number_in_source: bool = Field(description="原文是否写有序号")
    content: str = Field(description="事项内容")
    section: SectionShape | None = Field(description="责任科室；没有写明时为 null")
    responsible: list[ResponsibleShape] = Field(description="责任单位，牵头的和配合的")
    measures: str | None = Field(description="执行措施；没有时为 null")
    criteria: str | None = Field(description="考核标准；没有时为 null")
    hotline: str | None = Field(description="监督热线；没有时为 null")
    source: SpanShape = Field(description="整行的出处")
    steps: list[StepShape] = Field(description="分月步骤")
    targets: list[TargetShape] = Field(description="量化目标")
    defects: list[DefectShape] = Field(description="原文缺陷")


class DocumentShape(Shape):
    """One document of the workspace with its size."""

    model_config = described("工作区里的一个文件。", DOCUMENT)

    id: str = Field(description="文件的编号")
    name: str = Field(description="文件名")
    title: str = Field(description="标题")
    year: int | None = Field(description="年份；没有写明时为 null")
    items: int = Field(description="事项数")
    steps: int = Field(description="步骤数")
    defects: int = Field(description="原文缺陷数")
    digest: str = Field(description="文件字节的 SHA-256")
