"""Bytes become one text whatever their encoding, and every visible character lies in one cell."""

from __future__ import annotations

import codecs
import csv
import io
import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from kg.errors import UnreadableFile
from kg.knowledge import Knowledge
from kg.model import Plan
from kg.pipeline import plan_of
from kg.reading import Source, read_bytes, read_source
from kg.reading.decoding import decode
from tests.conftest import SAMPLE
from tests.profiles import examples

ENCODINGS = {
    "utf-8": str.encode,
    "utf-8 with a BOM": lambda text: text.encode("utf-8-sig"),
    "utf-16 little endian": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16 big endian": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "gbk": lambda text: text.encode("gbk"),
    "gb18030": lambda text: text.encode("gb18030"),
}


def sample_text() -> str:
    return SAMPLE.read_bytes().decode("utf-8")


# Encodings


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_every_encoding_and_line_end_gives_the_same_text(encode, line_end: str) -> None:  # type: ignore[no-untyped-def]
    text = sample_text()
    assert decode(encode(text.replace("\n", line_end))) == text


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_every_encoding_gives_the_same_items(  # type: ignore[no-untyped-def]
    encode, sample_plan: Plan, knowledge: Knowledge
) -> None:
    data = encode(sample_text().replace("\n", "\r\n"))
    assert plan_of(data, SAMPLE.name, SAMPLE.stem, "0" * 64, knowledge).items == sample_plan.items


def test_a_character_that_only_gb18030_has_is_read() -> None:
    assert decode("㑇水镇政府".encode("gb18030")) == "㑇水镇政府"


# Refusals


def zipped() -> bytes:
    return b"PK\x03\x04" + b"\x14\x00\x06\x00" * 20


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \t\r\n \n",
        "\u3000\n\u3000".encode(),
        codecs.BOM_UTF8,
        codecs.BOM_UTF16_LE,
        b"\x00\x01\x02\x03" * 64,
        zipped(),
        b"%PDF-1.7\n" + "计划".encode(),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        codecs.BOM_UTF16_LE + b"\x00\xd8\x41",
        "计划".encode()[:-1] + b"\xff\xff",
    ],
    ids=[
        "empty", "white space", "ideographic space", "only a UTF-8 BOM", "only a UTF-16 BOM", "binary", "zip",
        "pdf", "old office", "picture", "broken UTF-16", "broken encoding",
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused_in_one_chinese_sentence(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as caught:
        decode(data, "计划.txt")
    assert_one_chinese_sentence(str(caught.value))


def assert_one_chinese_sentence(message: str) -> None:
    assert re.match(r"[“\u4e00-\u9fff]", message)
    assert message.endswith("。")
    assert message.count("。") == 1
    assert "\n" not in message


@pytest.mark.parametrize("seed", range(12))
def test_random_bytes_are_refused(seed: int) -> None:
    with pytest.raises(UnreadableFile):
        decode(random.Random(seed).randbytes(4096))


def test_binary_content_behind_a_bom_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        decode(codecs.BOM_UTF8 + b"\x00\x01\x02\x03" * 64)


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "大.txt"
    path.write_bytes(b"x" * 11)
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(path, limit=10)
    assert_one_chinese_sentence(str(caught.value))


def test_a_file_of_just_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "计划.txt"
    path.write_bytes(b"x" * 10)
    assert read_bytes(path, limit=10) == b"x" * 10


@pytest.mark.parametrize("name", ["没有.txt", "坏\x00名.txt", "."])
def test_a_path_that_is_no_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(tmp_path / name)
    assert str(caught.value).endswith("。")


# Nothing is lost


def assert_cells_are_true(source: Source) -> None:
    end = 0
    for cell in source.cells:
        assert source.text[cell.start : cell.end] == cell.text == cell.text.strip()
        assert cell.line == source.text.count("\n", 0, cell.start) + 1
        assert cell.start >= end
        end = cell.end


def between(source: Source) -> str:
    """Every character that lies in no cell."""
    ends = [0, *(cell.end for cell in source.cells)]
    starts = [*(cell.start for cell in source.cells), len(source.text)]
    return "".join(source.text[a:b] for a, b in zip(ends, starts, strict=True))


def test_every_visible_character_of_the_sample_lies_in_one_cell() -> None:
    source = read_source(SAMPLE.read_bytes(), SAMPLE.name)
    assert_cells_are_true(source)
    assert between(source).strip() == ""
    assert source.text == sample_text()


WORDS = st.text(alphabet='一月12、，：；。“”"（）《》工业科, a\t\u3000 ', max_size=12)
LEADS = st.sampled_from(["", "\t", " \t", "\u3000\t", "  ", "\t\t"])
LINES = st.lists(st.builds(str.__add__, LEADS, WORDS), min_size=1, max_size=25)


@settings(max_examples=examples(80, 1000), deadline=None)
@given(lines=LINES, line_end=st.sampled_from(["\n", "\r\n"]))
@example(lines=["\t甲", "\t乙", "", "丙"], line_end="\n")
@example(lines=["\t甲", "\t乙", "丙", "", "丁"], line_end="\n")
@example(lines=["\t", " \t", "甲\t乙\t"], line_end="\r\n")
@example(lines=["1\t1", '1\t"'], line_end="\n")
@example(lines=['1\t"', '1\t"'], line_end="\n")
def test_every_visible_character_of_any_text_lies_in_one_cell(lines: Sequence[str], line_end: str) -> None:
    text = line_end.join(lines)
    assume(text.strip())
    source = read_source(text.encode(), "a.txt")
    assert_cells_are_true(source)
    # Lines of equal tabs are read as a table, and there a pair of quotes bounds a field.
    bounds = '"' if any(cell.row is not None for cell in source.cells) else ""
    assert set(between(source)) - set(" \t\u3000\r\n") <= set(bounds)


@settings(max_examples=examples(80, 1000), deadline=None)
@given(lines=LINES, suffix=st.sampled_from(["csv", "tsv"]))
@example(lines=['"甲"乙,丙'], suffix="csv")
@example(lines=['"甲', "乙,丙"], suffix="csv")
def test_of_a_table_file_only_delimiters_and_quotes_lie_outside_its_cells(
    lines: Sequence[str], suffix: str
) -> None:
    text = "\n".join(lines)
    assume(text.strip())
    source = read_source(text.encode(), f"a.{suffix}")
    assert_cells_are_true(source)
    assert set(between(source)) - {" ", "\u3000", "\n"} <= {'"', "," if suffix == "csv" else "\t"} | {"\t"}


FIELDS = st.text(alphabet='甲乙1,"\n ：月', max_size=8)


@settings(max_examples=examples(60, 500), deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(rows=st.lists(st.lists(FIELDS, min_size=1, max_size=4), min_size=1, max_size=6))
@example(rows=[["甲\n乙", 'a"b'], ["", "丙"]])
def test_a_csv_file_has_the_cells_that_the_csv_module_sees(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    assume(out.getvalue().strip('", \n'))
    source = read_source(out.getvalue().encode(), "a.csv")
    # A doubled quote stays doubled: the surface is what stands in the source.
    found = {(c.row, c.column): c.text.replace('""', '"') for c in source.cells}
    expected = {(i, j): field.strip() for i, row in enumerate(rows) for j, field in enumerate(row)}
    assert found == expected


def test_a_blank_line_inside_a_cell_parts_its_paragraphs() -> None:
    source = read_source("\t甲\n\n乙\n\t丙\n".encode(), "a.txt")
    assert [cell.text for cell in source.cells] == ["甲\n\n乙", "丙"]


def test_cells_on_one_line_are_parted_by_tabs() -> None:
    source = read_source("\t甲\t\t乙\n\t丙\n".encode(), "a.txt")
    assert [cell.text for cell in source.cells] == ["甲", "", "乙", "丙"]


@pytest.mark.parametrize("gap", ["\n\n", "\n\n\n"])
def test_a_paragraph_behind_the_table_is_no_part_of_its_last_cell(gap: str) -> None:
    source = read_source(f"\t甲\n\t乙{gap}抄送：县政府办公室。\n".encode(), "a.txt")
    assert [cell.text for cell in source.cells] == ["甲", "乙", "抄送：县政府办公室。"]
