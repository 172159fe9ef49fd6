"""A report as Markdown, as an Excel workbook (openpyxl) or as a Word document (python-docx)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from api.errors import BadRequest
from api.report.chapters import Chapter, Report
from api.schemas import ChapterShape, ReportShape
from embeddings.files import replacing
from kg.errors import InputError

_FONT = "宋体"
_WIDEST = 60


class CannotWrite(InputError):
    """The file of a report cannot be written."""


def write_report(report: Report, path: Path) -> None:
    """Write a report in the format of the file's ending. Raises :class:`BadRequest` or :class:`CannotWrite`."""
    write = FORMATS.get(path.suffix.lower())
    if write is None:
        raise BadRequest(f"报告的文件名应以 {'、'.join(FORMATS)} 结尾。")
    try:
        with replacing(path) as aside:
            write(report, aside)
    except OSError as error:
        raise CannotWrite(f"无法写入“{path}”（{error.strerror}），请检查路径。") from None


def markdown(report: Report | ReportShape) -> Iterator[str]:
    """The lines of a report, or of its shape, as Markdown with tables."""
    yield f"# {report.title}\n"
    yield f"{report.note}\n"
    chapters: Sequence[Chapter | ChapterShape] = report.chapters
    for number, chapter in enumerate(chapters, 1):
        yield f"## {number}. {chapter.title}\n"
        if chapter.note:
            yield f"{chapter.note}\n"
        if not chapter.rows:
            yield "没有。\n"
            continue
        yield _row(chapter.columns)
        yield _row(["---"] * len(chapter.columns))
        yield from (_row(row) for row in chapter.rows)
        yield ""


def _row(cells: Sequence[str | int | float]) -> str:
    return f"| {' | '.join(_text(cell).replace('|', '｜') for cell in cells)} |"


def _text(cell: str | int | float) -> str:
    text = f"{cell:g}" if isinstance(cell, float) else str(cell)
    return " ".join(text.split())


def _write_markdown(report: Report, path: Path) -> None:
    path.write_text("\n".join([*markdown(report), ""]), encoding="utf-8")


def _write_workbook(report: Report, path: Path) -> None:
    """One sheet a chapter, with a frozen header and filters."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.worksheets[0])
    for chapter in report.chapters:
        sheet = book.create_sheet(chapter.title[:31])
        sheet.append(list(chapter.columns))
        for row in chapter.rows:
            sheet.append(list(row))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = sheet.dimensions
        for at, width in enumerate(_widths(chapter), 1):
            sheet.column_dimensions[get_column_letter(at)].width = width
        for cells in sheet.iter_rows():
            for cell in cells:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                # The words of a plan that begin with = are no formula.
                cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    book.save(path)


def _widths(chapter: Chapter) -> Iterator[int]:
    for at, title in enumerate(chapter.columns):
        longest = max([len(title), *(len(_text(row[at])) for row in chapter.rows)])
        yield min(_WIDEST, 2 * longest + 2)


def _write_document(report: Report, path: Path) -> None:
    """Headings and tables, in a font that Chinese Word has."""
    import docx
    from docx.oxml.ns import qn

    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name = _FONT
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    document.add_heading(report.title, 0)
    document.add_paragraph(report.note)
    for chapter in report.chapters:
        document.add_heading(chapter.title, 1)
        document.add_paragraph(chapter.note or ("" if chapter.rows else "没有。"))
        if chapter.rows:
            table = document.add_table(rows=1, cols=len(chapter.columns), style="Table Grid")
            for cell, title in zip(table.rows[0].cells, chapter.columns, strict=True):
                cell.text = title
            for row in chapter.rows:
                for cell, value in zip(table.add_row().cells, row, strict=True):
                    cell.text = _text(value)
    document.save(str(path))


FORMATS: Mapping[str, Callable[[Report, Path], None]] = {
    ".md": _write_markdown,
    ".xlsx": _write_workbook,
    ".docx": _write_document,
}
