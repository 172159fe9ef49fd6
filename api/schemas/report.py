"""The report on all plans: chapters, each one table."""

from __future__ import annotations

from pydantic import Field

from api.schemas.base import Cell, Shape, described

CHAPTER = {
    "title": "概况",
    "note": "",
    "columns": ["文件", "年份", "事项"],
    "rows": [["工信局2023年重点工作", 2023, 12]],
}


class ChapterShape(Shape):
    """One table of the report."""

    model_config = described("报告的一章：一张表。", CHAPTER)

    title: str = Field(description="标题")
    note: str = Field(description="说明；没有时为空")
    columns: list[str] = Field(description="各列的名称")
    rows: list[list[Cell]] = Field(description="各行，每格是文字或数")


class ReportShape(Shape):
    """The report, and where it was written."""

    model_config = described(
        "对全部工作计划的分析报告。",
        {
            "title": "工作计划分析报告",
            "note": "依据：工信局2023年重点工作。",
            "chapters": [CHAPTER],
            "file": None,
        },
    )

    title: str = Field(description="标题")
    note: str = Field(description="依据")
    chapters: list[ChapterShape] = Field(description="各章")
    file: str | None = Field(description="写到的文件；没有写时为 null")
