"""Reports → their shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.schemas import ChapterShape, ReportShape

if TYPE_CHECKING:
    from api.report.chapters import Report


def report_shape(report: Report, file: str | None) -> ReportShape:
    """The chapters of a report, and where it was written."""
    chapters = [
        ChapterShape(
            title=chapter.title,
            note=chapter.note,
            columns=list(chapter.columns),
            rows=[list(row) for row in chapter.rows],
        )
        for chapter in report.chapters
    ]
    return ReportShape(title=report.title, note=report.note, chapters=chapters, file=file)
