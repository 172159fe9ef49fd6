"""Which words open a dated entry, which months they name, and which words only tell of a date."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.plan.schedule import Calendar
from tests.kg.plans import KNOWLEDGE
from tests.profiles import examples

CALENDAR = Calendar.of(KNOWLEDGE)
YEAR = tuple(range(1, 13))


def entries(cell: str) -> list[tuple[str, tuple[int, ...], str]]:
    """(label, months, words) of each entry of a cell."""
    return [(e.label, e.months, cell[e.start : e.end]) for e in CALENDAR.entries(cell)]


LABELS = {
    "3月：": (3,),
    "3月:": (3,),
    "3月份：": (3,),
    "3 月：": (3,),
    "12月份:": (12,),
    "4月-5月：": (4, 5),
    "1—3月：": (1, 2, 3),
    "1-3月份：": (1, 2, 3),
    "3月——5月：": (3, 4, 5),
    "5月~10月：": (5, 6, 7, 8, 9, 10),
    "11~12月：": (11, 12),
    "4月~6月/9月~11月：": (4, 5, 6, 9, 10, 11),
    "1-3月、7-9月：": (1, 2, 3, 7, 8, 9),
    "3月和6月：": (3, 6),
    "1月至4月 ": (1, 2, 3, 4),
    "2月到4月：": (2, 3, 4),
    "3月，": (3,),
    "全年：": YEAR,
    "全年 ": YEAR,
    "每月：": YEAR,
    "长期：": YEAR,
    "年底前：": (12,),
    "上半年：": (1, 2, 3, 4, 5, 6),
    "下半年：": (7, 8, 9, 10, 11, 12),
    "前三季度：": (1, 2, 3, 4, 5, 6, 7, 8, 9),
    "第一季度：": (1, 2, 3),
    "四季度：": (10, 11, 12),
    "３月：": (3,),
    "１０月份：": (10,),
    "十二月：": (12,),
    "三月：": (3,),
    "2023年3月：": (3,),
    "3月底前：": (3,),
    "6月中旬：": (6,),
    "9月起：": (9, 10, 11, 12),
    "6月": (6,),
    "3月底前": (3,),
}


@pytest.mark.parametrize(("label", "months"), LABELS.items(), ids=LABELS)
def test_a_label_opens_an_entry_with_its_months(label: str, months: tuple[int, ...]) -> None:
    ((found, named, words),) = entries(f"{label}完成验收")
    assert (found, named, words) == (label.strip(" ：:，"), months, "完成验收")


def test_a_label_alone_is_all_that_the_plan_says() -> None:
    assert entries("每月") == [("每月", YEAR, "每月")]


NO_LABELS = [
    "1月21日，会议纪要确定选址。",
    "满6个月的，予以转正。",
    "全年累计实现产值10亿元。",
    "全年工作按计划推进。",
    "长期坚持群众路线。",
    "13月：不存在的月份。",
    "计划于7月组织验收。",
]


@pytest.mark.parametrize("narrative", NO_LABELS)
def test_a_date_that_is_told_opens_no_entry(narrative: str) -> None:
    assert entries(narrative) == [("", (), narrative)]


def test_a_month_repeated_behind_its_label_opens_no_second_entry() -> None:
    cell = "6月份：6月做好遴选，7月组织参赛。"
    assert entries(cell) == [("6月份", (6,), "6月做好遴选，7月组织参赛。")]


def test_labels_with_colons_open_entries_inside_a_line() -> None:
    assert entries("3月：启动，12月：组织验收") == [("3月", (3,), "启动，"), ("12月", (12,), "组织验收")]


def test_months_without_colons_open_entries_behind_a_semicolon() -> None:
    assert entries("3月完成调研；4月完成初稿") == [("3月", (3,), "完成调研；"), ("4月", (4,), "完成初稿")]


def test_each_line_may_open_an_entry() -> None:
    cell = "3月：启动\n\n4月-5月：推进\n其中重点推进两项\n全年：总结"
    assert entries(cell) == [
        ("3月", (3,), "启动"),
        ("4月-5月", (4, 5), "推进\n其中重点推进两项"),
        ("全年", YEAR, "总结"),
    ]


def test_words_before_the_first_label_are_an_entry_without_months() -> None:
    assert entries("按要求推进。\n6月：验收") == [("", (), "按要求推进。"), ("6月", (6,), "验收")]


def test_a_range_over_the_new_year_names_the_months_of_both_years() -> None:
    assert entries("11月-2月：冬修水利")[0][1] == (1, 2, 11, 12)


@settings(max_examples=examples(60, 500), deadline=None)
@given(
    first=st.integers(1, 12),
    last=st.integers(1, 12),
    joint=st.sampled_from(["-", "—", "~", "～", "至", "－"]),
    month=st.sampled_from(["月", ""]),
    mark=st.sampled_from(["：", ":", "份："]),
)
def test_every_range_names_all_its_months(first: int, last: int, joint: str, month: str, mark: str) -> None:
    first, last = sorted((first, last))
    ((_, months, words),) = entries(f"{first}{month}{joint}{last}月{mark}推进")
    assert months == tuple(range(first, last + 1))
    assert words == "推进"


@settings(max_examples=examples(80, 1000), deadline=None)
@given(st.text(alphabet="13月份日：:；，。、-至全年季度一二 \n项目第（）", max_size=40))
def test_entries_follow_each_other_and_leave_out_nothing_but_labels(cell: str) -> None:
    cell = cell.strip(" \n，")
    assume(cell)
    found = CALENDAR.entries(cell)
    rest, end = "", 0
    for entry in found:
        assert end <= entry.start < entry.end <= len(cell)
        rest += cell[end : entry.start]
        end = entry.end
    rest += cell[end:]
    # What lies in no entry is a date expression or the white space and commas around it.
    assert set(rest) <= set("13月份日：:；，、-至全年季度一二 \n第")


def test_before_the_end_of_the_year_needs_no_colon() -> None:
    assert entries("年底前完成验收") == [("年底前", (12,), "完成验收")]


@pytest.mark.parametrize(
    ("label", "months"),
    [("1、2月：", (1, 2)), ("3、6、9、12月：", (3, 6, 9, 12)), ("一、二季度：", (1, 2, 3, 4, 5, 6))],
)
def test_a_list_of_numbers_shares_its_month(label: str, months: tuple[int, ...]) -> None:
    assert entries(f"{label}召开例会")[0][1:] == (months, "召开例会")


def test_a_range_may_end_in_the_next_year() -> None:
    assert entries("11月至次年2月：冬修水利")[0][1:] == ((1, 2, 11, 12), "冬修水利")


def test_an_ordinal_before_a_label_is_no_entry() -> None:
    assert [e[1] for e in entries("（1）3月：启动\n（2）6月：验收")] == [(3,), (6,)]


def test_the_label_behind_a_prefix_is_the_date() -> None:
    assert entries("境外专升本：3-5月完成招生")[0][0] == "3-5月"


def test_entries_are_chained_behind_a_prefix_too() -> None:
    cell = "境外专升本：3-5月完成招生；6-12月组织录取"
    assert [months for _, months, _ in entries(cell)] == [(3, 4, 5), (6, 7, 8, 9, 10, 11, 12)]


@pytest.mark.parametrize("date", ["12月31日前", "2023年12月31日"])
def test_a_day_that_is_a_deadline_names_its_month(date: str) -> None:
    assert CALENDAR.months(date) == (12,)


def test_a_cell_of_many_labels_is_cut_in_time_that_grows_with_its_size() -> None:
    def seconds(labels: int) -> float:
        cell = "3月：推进。\n" * labels
        start = time.process_time()
        CALENDAR.entries(cell)
        return time.process_time() - start

    # Eight times the labels: 8 where it is linear, 64 where quadratic, 512 where cubic. The least of
    # several runs, because a busy machine only ever adds.
    few, many = (min(seconds(n) for _ in range(5)) for n in (500, 4000))
    assert many < 32 * few
