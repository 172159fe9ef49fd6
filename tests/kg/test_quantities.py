"""Targets: which numbers a plan commits to, how much of what, until when."""

from __future__ import annotations

import pytest

from kg.model import Target
from kg.pipeline import Extraction
from tests.kg.conftest import Measured


def only(targets: list[Target]) -> Target:
    (target,) = targets
    return target


@pytest.mark.parametrize(
    ("words", "number", "unit", "comparator"),
    [
        ("新增规上企业20家", 20, "家", "="),
        ("新增规上企业20家以上", 20, "家", ">="),
        ("新增规上企业20家左右", 20, "家", "≈"),
        ("新增规上企业不少于20家", 20, "家", ">="),
        ("新增规上企业至少20家", 20, "家", ">="),
        ("规上企业达到20家", 20, "家", ">="),
        ("规上企业突破20家", 20, "家", ">"),
        ("规上企业超过20家", 20, "家", ">"),
        ("新增规上企业约20家", 20, "家", "≈"),
        ("安全事故不超过3起", 3, "起", "<="),
        ("安全事故控制在3起以内", 3, "起", "<="),
        ("能耗低于5吨", 5, "吨", "<"),
        ("增加值增长8.5%", 8.5, "%", "="),
        ("增加值增长8.5％", 8.5, "%", "="),
        ("完成投资512亿元", 512, "亿元", "="),
        ("贡献产值5亿元以上", 5, "亿元", ">="),
        ("新增就业1.2万人", 1.2, "万人", "="),
        ("降低费率0.5个百分点", 0.5, "个百分点", "="),
        ("推动10技改项目竣工", 10, "个", "="),
    ],
)
def test_a_target_has_number_unit_and_comparator(
    words: str, number: float, unit: str, comparator: str, measured: Measured
) -> None:
    target = only(measured(f"3月：{words}。"))
    assert (target.number, target.unit, target.comparator) == (number, unit, comparator)
    assert target.text == words


@pytest.mark.parametrize("words", ["整理数据2万条", "整理数据20000条"])
def test_a_scale_is_part_of_the_number_or_of_the_unit(words: str, measured: Measured) -> None:
    target = only(measured(f"3月：{words}。"))
    assert target.number * {"条": 1, "万条": 10000}[target.unit] == 20000


@pytest.mark.parametrize(
    ("words", "metric"),
    [
        ("新增规上企业20家以上", "新增规上企业"),
        ("力争新增规上企业20家", "新增规上企业"),
        ("开放应用场景200个", "开放应用场景"),
        ("打造70个智慧社区", "打造智慧社区"),
        ("数据目录总数突破2000个", "数据目录总数"),
    ],
)
def test_the_metric_is_what_is_left_without_number_and_effort(
    words: str, metric: str, measured: Measured
) -> None:
    assert only(measured(f"3月：{words}。")).metric == metric


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("9月：新增企业20家。", 9),
        ("1-3月：新增企业20家。", 3),
        ("6月：力促项目半年贡献产值5亿元。", 6),
        ("2月：部署工作，确保全年新增企业20家。", 12),
        ("按要求新增企业20家。", None),
    ],
)
def test_the_deadline_is_the_clauses_or_the_steps(cell: str, month: int | None, measured: Measured) -> None:
    assert only(measured(cell)).month == month


def test_numbers_that_share_a_clause_share_its_words(measured: Measured) -> None:
    found = measured("3月：推进总投资512亿元的27个重点项目。")
    assert [(t.number, t.unit) for t in found] == [(512, "亿元"), (27, "个")]
    assert [t.text for t in found] == ["推进总投资512亿元", "27个重点项目"]


@pytest.mark.parametrize(
    "words",
    [
        "做好2021年企业申报工作",
        "组织推荐第2批高新技术企业",
        "1月21日召开会议",
        "建设5G基站",
        "落实2020年度评价结果",
        "推进年产5万吨新材料项目建设",
        "跟进海信100G/200G光模块产业化建设项目",
        "完成主体2-3层建设",
        "举办第3届商贸节",
        "拨打85161796反映问题",
    ],
)
def test_years_dates_ordinals_and_numbers_inside_names_are_no_targets(words: str, measured: Measured) -> None:
    assert measured(f"3月：{words}。") == []


def test_a_target_behind_a_year_is_one(measured: Measured) -> None:
    assert (only(measured("12月：完成2021年750家目标任务。")).number) == 750


def test_a_span_of_time_is_no_target(measured: Measured) -> None:
    assert measured("3月：安排满6个月的教师实践。") == []


@pytest.mark.parametrize(
    ("no", "step", "number", "unit", "comparator", "month"),
    [
        (2, None, 15, "家", "=", None),
        (6, None, 750, "家", ">=", None),
        (9, "9:12", 750, "家", ">", 12),
        (15, "15:6", 5, "亿元", ">=", 6),
        (15, "15:9", 15, "亿元", ">=", 9),
        (15, "15:12", 30, "亿元", ">=", 12),
        (16, "16:12", 10, "个", "=", 12),
        (21, "21:6", 100, "个", "=", 6),
        (23, None, 512, "亿元", "=", None),
        (24, "24:11", 2000, "个", ">", 11),
        (27, None, 70, "个", "=", None),
    ],
)
def test_the_targets_of_the_sample_are_read(
    no: int,
    step: str | None,
    number: float,
    unit: str,
    comparator: str,
    month: int | None,
    sample: Extraction,
) -> None:
    targets = sample.plans[0].items[no - 1].targets
    assert (step, number, unit, comparator, month) in [
        (t.step, t.number, t.unit, t.comparator, t.month) for t in targets
    ]


def test_every_target_of_the_sample_quotes_its_number(sample: Extraction) -> None:
    for item in sample.plans[0].items:
        for target in item.targets:
            assert sample.plans[0].text[target.source.start : target.source.end] == target.text
            assert f"{target.number:g}" in target.text


def test_words_of_effort_inside_a_metric_stay(measured: Measured) -> None:
    assert only(measured("12月：任务完成率达到95%。")).metric == "任务完成率"


def test_a_range_of_numbers_leaves_no_half_of_it_in_the_metric(measured: Measured) -> None:
    assert all("3" not in t.metric for t in measured("3月：引进3-5个品牌门店。"))


@pytest.mark.parametrize("words", ["压缩至5个工作日以内", "利率下降100个基点"])
def test_the_counting_word_is_not_the_unit(words: str, measured: Measured) -> None:
    assert all(t.unit != "个" for t in measured(f"3月：{words}。"))
