"""The report: its figures against counts made here, and its files as Word, Excel and a reader of Markdown see them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import docx
import openpyxl
import pytest

from api.errors import BadRequest
from api.report.chapters import Chapter, Report
from api.report.files import CannotWrite, write_report
from api.schemas import ChapterShape, ReportShape
from api.service import KnowledgeService


@pytest.fixture(scope="module")
def report(service: KnowledgeService) -> ReportShape:
    return service.report()


def chapter(report: ReportShape, title: str) -> ChapterShape:
    return next(c for c in report["chapters"] if c["title"] == title)


def test_the_load_of_every_section_is_counted(report: ReportShape, service: KnowledgeService) -> None:
    items = service.items()
    counted = Counter(item["section"]["name"] for item in items)
    august = Counter(
        item["section"]["name"] for item in items for step in item["steps"] if 8 in step["months"]
    )
    told = chapter(report, "科室工作量")
    assert {row[0]: row[1] for row in told["rows"]} == counted
    column = told["columns"].index("8月")
    assert {row[0]: row[column] for row in told["rows"]} == august


def test_every_target_is_listed_by_its_deadline(report: ReportShape, service: KnowledgeService) -> None:
    told = chapter(report, "目标与期限")["rows"]
    assert sorted(row[1] for row in told) == sorted(
        t["text"] for item in service.items() for t in item["targets"]
    )
    dated = [int(row[0].removesuffix("月")) for row in told if row[0] != "年内"]
    assert dated == sorted(dated)


def test_what_stands_more_than_once(report: ReportShape, service: KnowledgeService) -> None:
    texts = Counter("".join(step["text"].split()) for item in service.items() for step in item["steps"])
    several = [count for count in texts.values() if count > 1]
    assert sorted(row[1] for row in chapter(report, "重复的步骤")["rows"]) == sorted(several)


def test_months_without_a_step(report: ReportShape, service: KnowledgeService) -> None:
    missing = {
        item["no"]
        for item in service.items()
        if len({month for step in item["steps"] for month in step["months"]}) < 12
    }
    assert {int(row[0].split()[0]) for row in chapter(report, "没有安排的月份")["rows"]} == missing


def test_every_row_fits_its_columns(report: ReportShape) -> None:
    for told in report["chapters"]:
        assert told["columns"]
        assert {len(row) for row in told["rows"]} <= {len(told["columns"])}


def test_the_same_build_gives_the_same_report(report: ReportShape, service: KnowledgeService) -> None:
    assert service.report() == report


@pytest.mark.parametrize("ending", ["md", "xlsx", "docx"])
def test_the_whole_report_is_in_the_file(
    ending: str, report: ReportShape, service: KnowledgeService, tmp_path: Path
) -> None:
    path = tmp_path / f"报告.{ending}"
    assert service.report(path)["file"] == str(path)
    tables = READERS[ending](path)
    wanted = {c["title"]: len(c["rows"]) for c in report["chapters"] if c["rows"]}
    assert {title: len(rows) for title, rows in tables.items() if rows} == wanted
    mine = tables["目标与期限"][0]
    assert mine[:2] == [str(cell) for cell in chapter(report, "目标与期限")["rows"][0][:2]]
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def _workbook(path: Path) -> dict[str, list[list[str]]]:
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: [[str(cell) for cell in row] for row in list(sheet.values)[1:]]
        for sheet in book.worksheets
    }


def _document(path: Path) -> dict[str, list[list[str]]]:
    document = docx.Document(str(path))
    titles = [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"]
    tables = [[[cell.text for cell in row.cells] for row in table.rows[1:]] for table in document.tables]
    filled = iter(tables)
    empty = {p.text for p in document.paragraphs}
    return {title: next(filled, []) for title in titles} if "没有。" not in empty else {}


def _markdown(path: Path) -> dict[str, list[list[str]]]:
    tables: dict[str, list[list[str]]] = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("## "):
            tables[line.split(". ", 1)[1]] = []
        elif line.startswith("| "):
            tables[list(tables)[-1]].append([cell.strip() for cell in line.strip("|").split("|")])
    return {title: rows[2:] for title, rows in tables.items()}


READERS = {"xlsx": _workbook, "docx": _document, "md": _markdown}


def small(cell: str) -> Report:
    return Report("报告", "", (Chapter("表", "", ("列",), ((cell,),)), Chapter("空", "", ("列",), ())))


def test_words_that_look_like_a_formula_stay_words(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    write_report(small("=1+1"), path)
    cell = openpyxl.load_workbook(path)["表"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_bar_in_a_cell_does_not_break_the_table(tmp_path: Path) -> None:
    path = tmp_path / "r.md"
    write_report(small("甲|乙\n丙"), path)
    assert "| 甲｜乙 丙 |" in path.read_text(encoding="utf-8")
    assert "没有。" in path.read_text(encoding="utf-8")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"\.docx"):
        write_report(small("x"), tmp_path / "r.pdf")


def test_a_folder_that_is_not_there_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite):
        write_report(small("x"), tmp_path / "none" / "r.md")
    old = tmp_path / "old.md"
    old.mkdir()
    with pytest.raises(CannotWrite):
        write_report(small("x"), old)
    assert [p.name for p in tmp_path.iterdir()] == ["old.md"]
