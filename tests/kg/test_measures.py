"""Numbered measures in running text, and the notations of who is responsible."""

from __future__ import annotations

import pytest

from kg.errors import NotAPlan
from tests.kg.plans import check_plan, read, units_of

LEAD, SUPPORT = "lead", "support"
TITLE = "临江县关于促进消费的若干措施\n\n"

NOTATIONS = {
    "（责任单位：县商务局、县文旅局）": [("县商务局", LEAD), ("县文旅局", LEAD)],
    "(责任单位:县商务局,县文旅局)": [("县商务局", LEAD), ("县文旅局", LEAD)],
    "\n责任单位:县商务局，县文旅局": [("县商务局", LEAD), ("县文旅局", LEAD)],
    "\n牵头单位：县商务局；配合单位：县文旅局": [("县商务局", LEAD), ("县文旅局", SUPPORT)],
    "（县商务局、县文旅局负责）": [("县商务局", LEAD), ("县文旅局", LEAD)],
    "（县商务局牵头，县文旅局配合）": [("县商务局", LEAD), ("县文旅局", SUPPORT)],
    "（县商务局牵头，县文旅局、县财政局参与）": [
        ("县商务局", LEAD),
        ("县文旅局", SUPPORT),
        ("县财政局", SUPPORT),
    ],
    "（牵头单位：县商务局；配合单位：县文旅局）": [("县商务局", LEAD), ("县文旅局", SUPPORT)],
    "（责任单位：县商务局、各乡镇（街道）人民政府）": [("县商务局", LEAD), ("各乡镇（街道）人民政府", LEAD)],
    "（责任单位：县商务局、县文旅局；各乡镇配合）": [
        ("县商务局", LEAD),
        ("县文旅局", LEAD),
        ("各乡镇", SUPPORT),
    ],
    "（县商务局牵头，各市、县〔区〕人民政府、临江新区管委会配合）": [
        ("县商务局", LEAD),
        ("各市、县〔区〕人民政府", SUPPORT),
        ("临江新区管委会", SUPPORT),
    ],
    "（县商务局、各省、自治区、直辖市人民政府负责）": [
        ("县商务局", LEAD),
        ("各省、自治区、直辖市人民政府", LEAD),
    ],
    "（县商务局、县文旅局等有关部门按职责分工负责）": [("县商务局", LEAD), ("县文旅局", LEAD)],
}


@pytest.mark.parametrize(("notation", "units"), NOTATIONS.items(), ids=NOTATIONS)
def test_a_notation_tells_the_units_and_their_parts(notation: str, units: list[tuple[str, str]]) -> None:
    text = f"{TITLE}一、发放消费券。面向居民发放消费券。{notation}\n二、办好夜市。{notation}\n"
    plan = read(text)
    check_plan(plan)
    assert [units_of(item) for item in plan.items] == [units, units]
    assert plan.items[0].content == "发放消费券。面向居民发放消费券。"
    assert plan.items[0].section is not None
    assert plan.items[0].section.name == "县商务局"
    for unit in plan.items[0].responsible:
        assert text[unit.source.start : unit.source.end] == unit.name


@pytest.mark.parametrize("marks", ["一、 二、 三、", "（一） （二） （三）", "1. 2. 3.", "1、 2、 3、"])
def test_measures_are_numbered_in_every_way(marks: str) -> None:
    one, two, three = marks.split()
    text = (
        f"{TITLE}{one}发放消费券。（责任单位：县商务局）\n"
        f"{two}办好夜市。\n（责任单位：县城管局）\n{three}开展团购。（县供销社负责）\n"
    )
    items = read(text).items
    assert [(i.no, i.content) for i in items] == [(1, "发放消费券。"), (2, "办好夜市。"), (3, "开展团购。")]
    assert all(i.number_in_source for i in items)


def test_numbers_go_on_where_chapters_begin_anew() -> None:
    text = (
        f"{TITLE}一、促进消费\n（一）发放消费券。（责任单位：县商务局）\n（二）办好夜市。（责任单位：县城管局）\n"
        "二、降低成本\n（一）减免租金。（责任单位：县财政局）\n"
    )
    assert [(i.no, i.number_in_source) for i in read(text).items] == [(1, True), (2, True), (3, False)]


def test_a_measure_that_names_nobody_is_one_all_the_same() -> None:
    text = f"{TITLE}一、发放消费券。（责任单位：县商务局）\n二、办好夜市。\n三、开展团购。（责任单位：县供销社）\n"
    items = read(text).items
    assert [i.content for i in items] == ["发放消费券。", "办好夜市。", "开展团购。"]
    assert items[1].section is None


def test_lines_that_follow_belong_to_the_measure() -> None:
    text = (
        f"{TITLE}一、发放消费券。\n每月一期。\n（责任单位：县商务局）\n二、办好夜市。（责任单位：县城管局）\n"
    )
    assert read(text).items[0].content == "发放消费券。\n每月一期。"


def test_one_notation_makes_no_plan() -> None:
    with pytest.raises(NotAPlan):
        read("一、发放消费券。（责任单位：县商务局）\n二、办好夜市。\n")


def test_measures_outside_a_table_are_reported() -> None:
    text = (
        "\t序号\n\t内容\n\t责任科室\n\n\t1\n\t办好商贸节。\n\t流通科\n\t\n"
        "一、发放消费券。（责任单位：县商务局）\n二、办好夜市。（责任单位：县城管局）\n"
    )
    plan = read(text)
    assert [i.content for i in plan.items] == ["办好商贸节。"]
    assert {d.code for d in plan.defects} == {"unread-text"}


FIRST = ["排在第一位的部门为牵头部门", "列第一位者为牵头单位", "列第一位的为牵头单位"]


@pytest.mark.parametrize("remark", FIRST)
def test_the_first_of_a_list_leads_where_a_remark_says_so_from_there_on(remark: str) -> None:
    text = (
        f"{TITLE}一、简化手续。（县商务局、县文旅局负责）\n"
        f"二、发放消费券。（县商务局、县文旅局负责，{remark}，下同）\n"
        "三、办好夜市。（县文旅局、县财政局负责）\n四、宣传。（县财政局负责）\n"
    )
    parts = [[role for _, role in units_of(item)] for item in read(text).items]
    assert parts == [[LEAD, LEAD], [LEAD, SUPPORT], [LEAD, SUPPORT], [LEAD]]


def test_a_remark_without_the_rest_holds_for_its_measure_alone() -> None:
    text = (
        f"{TITLE}一、发放消费券。（县商务局、县文旅局负责，列第一位的为牵头单位）\n"
        "二、办好夜市。（县文旅局、县财政局负责）\n"
    )
    parts = [[role for _, role in units_of(item)] for item in read(text).items]
    assert parts == [[LEAD, SUPPORT], [LEAD, LEAD]]


def test_what_is_said_between_and_behind_the_measures_is_kept() -> None:
    text = (
        f"{TITLE}为促进消费，制定以下措施。\n一、发放消费券。（责任单位：县商务局）\n"
        "二、办好夜市。（责任单位：县文旅局） 本措施由县商务局解释。\n"
    )
    plan = read(text)
    prose = [plan.text[span.start : span.end] for span in plan.prose]
    assert prose == ["为促进消费，制定以下措施。", "本措施由县商务局解释。"]
    check_plan(plan)
