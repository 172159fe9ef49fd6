"""Tables in other bureaus' layouts: which columns, which rows, which units."""

from __future__ import annotations

import pytest

from kg.errors import InputError, NotAPlan
from kg.plan.columns import role_of
from tests.kg.plans import (
    KNOWLEDGE,
    TITLE,
    check_plan,
    codes_of,
    flattened,
    read,
    steps_of,
    table_file,
    units_of,
)

TASKS = ("工作任务", "时序进度", "考核要点")
QUARTERS = [("序号", "内容", "实施步骤", "责任科室"), ("", "", "一季度", "二季度", "三季度", "四季度", "")]


# Columns


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("责任单位", "section"),
        ("牵头单位", "section"),
        ("配合单位", "support"),
        ("完成时限", "deadline"),
        ("工作任务", "content"),
        ("时序进度", "steps"),
        ("考核要点", "criteria"),
        ("任务分解/时序进度", "steps"),
        ("主 要 内 容", "measures"),
        ("序　号", "number"),
        ("监督方式", "supervision"),
        ("工作任务完成情况汇总表说明", None),
        ("天气", None),
        ("", None),
    ],
)
def test_a_header_tells_what_its_column_is_for(header: str, role: str | None) -> None:
    assert role_of(header, KNOWLEDGE.plan["headers"]) == role


@pytest.mark.parametrize("content", ["工作任务", "重点工作", "事项", "任务内容"])
@pytest.mark.parametrize("section", ["责任单位", "牵头单位", "责任科室", "承办单位"])
def test_other_names_of_columns_read_the_same_plan(content: str, section: str) -> None:
    rows = [("1", "办好县域商贸节。", "3月：制定方案；9月：组织开幕。", "流通科")]
    (item,) = read(flattened(rows, ("序号", content, "进度安排", section))).items
    assert item.content == "办好县域商贸节。"
    assert steps_of(item) == [((3,), "制定方案；"), ((9,), "组织开幕。")]
    assert units_of(item) == [("流通科", "lead")]


def test_columns_of_quarters_below_the_steps_hold_steps() -> None:
    text = "\n".join(
        [TITLE, ""]
        + [line for row in QUARTERS for line in (*(f"\t{c}" for c in row), "")]
        + ["\t1\n\t办好商贸节。\n\t1月：选址。\n\t按要求推进。\n\t7月：布展。\n\t10月：总结。\n\t流通科\n"]
    )
    (item,) = read(text).items
    assert [(s.key, s.quarter) for s in item.steps] == [("1:1", 1), ("1:Q2", 2), ("1:7", 3), ("1:10", 4)]


def test_a_month_outside_the_quarter_of_its_column_is_reported() -> None:
    text = "\n".join(
        [TITLE, ""]
        + [line for row in QUARTERS for line in (*(f"\t{c}" for c in row), "")]
        + ["\t1\n\t办好商贸节。\n\t1月：选址。\n\t9月：布展。\n\t7月：开幕。\n\t10月：总结。\n\t流通科\n"]
    )
    (item,) = read(text).items
    assert "month-outside-quarter" in codes_of(item)


def test_a_header_that_is_repeated_on_the_next_page_is_no_item() -> None:
    rows = [("1", "办好商贸节。", "3月：筹备。", "流通科")]
    again = [("序号", "内容", "实施步骤", "责任科室"), ("2", "建设冷链仓。", "6月：开工。", "项目科")]
    assert [i.content for i in read(flattened([*rows, *again])).items] == ["办好商贸节。", "建设冷链仓。"]


# Rows


def test_a_task_whose_merged_cell_was_flattened_away_goes_on() -> None:
    rows = [
        ("完善冷链物流", "3月：完成选址", "冷链仓建成"),
        ("5月~10月：建设冷链仓",),
        ("全年：开展巡检",),
        ("办好商贸节", "4月：制定方案", "参展企业50家以上"),
        ("9月：组织开幕",),
    ]
    plan = read(flattened(rows, TASKS))
    check_plan(plan)
    assert [(i.content, len(i.steps)) for i in plan.items] == [("完善冷链物流", 3), ("办好商贸节", 2)]
    assert steps_of(plan.items[0])[1] == ((5, 6, 7, 8, 9, 10), "建设冷链仓")


def test_items_are_counted_where_a_table_has_no_numbers() -> None:
    rows = [("完善冷链物流", "3月：选址", "建成"), ("办好商贸节", "4月：筹备", "开幕")]
    items = read(flattened(rows, TASKS)).items
    assert [(i.no, i.number_in_source) for i in items] == [(1, False), (2, False)]
    assert all("missing-number" not in codes_of(i) for i in items)


def test_paragraphs_of_a_cell_stay_in_it() -> None:
    rows = [("1", "办好商贸节。", "3月：选址。\n\n4月：布展。\n\n其中重点布置农产品展区。", "流通科")]
    (item,) = read(flattened(rows)).items
    assert steps_of(item) == [((3,), "选址。"), ((4,), "布展。\n\n其中重点布置农产品展区。")]


def test_headings_inside_a_table_are_no_items() -> None:
    rows = [
        ("一、商贸流通方面",),
        ("1", "办好商贸节。", "3月：筹备。", "流通科"),
        ("二、项目建设方面",),
        ("2", "建设冷链仓。", "6月：开工。", "项目科"),
    ]
    assert [i.content for i in read(flattened(rows)).items] == ["办好商贸节。", "建设冷链仓。"]


def test_a_lost_number_is_counted_on() -> None:
    text = flattened(
        [("1", "办好商贸节。", "3月：筹备。", "流通科"), ("3", "清理市场。", "5月：清理。", "执法科")]
    ).replace("\n\t3\n", "\n \t建设冷链仓。\n\t6月：开工。\n\t项目科\n\n\t3\n")
    items = read(text).items
    assert [(i.no, i.number_in_source) for i in items] == [(1, True), (2, False), (3, True)]
    assert "missing-number" in codes_of(items[1])


def test_numbers_that_the_source_leaves_out_are_left_out() -> None:
    rows = [("2", "办好商贸节。", "3月：筹备。", "流通科"), ("7", "建设冷链仓。", "6月：开工。", "项目科")]
    assert [(i.no, i.number_in_source) for i in read(flattened(rows)).items] == [(2, True), (7, True)]


def test_the_same_month_twice_keeps_both_steps_apart() -> None:
    rows = [("1", "办好商贸节。", "3月：选址。\n3月：招展。", "流通科")]
    (item,) = read(flattened(rows)).items
    assert [s.text for s in item.steps] == ["选址。", "招展。"]
    assert len({s.key for s in item.steps}) == 2


def test_a_table_without_steps_takes_its_deadline_for_one() -> None:
    rows = [("1", "建设冷链仓", "6月底前", "项目科", "财务科、办公室")]
    (item,) = read(flattened(rows, ("序号", "工作任务", "完成时限", "牵头单位", "配合单位"))).items
    assert [(s.label, s.months, s.text) for s in item.steps] == [("6月底前", (6,), "建设冷链仓")]
    assert units_of(item) == [("项目科", "lead"), ("财务科", "support"), ("办公室", "support")]


def test_an_empty_cell_is_reported() -> None:
    rows = [("1", "办好商贸节。", "", "流通科"), ("2", "建设冷链仓。", "6月：开工。", "项目科")]
    items = read(flattened(rows)).items
    assert "empty-cell" in codes_of(items[0])
    assert "empty-cell" not in codes_of(items[1])


# Table files


def test_a_csv_file_tells_row_and_column_of_every_span() -> None:
    text = table_file(
        [("1", "办好商贸节", "3月：选址\n9月：开幕", "流通科"), ("2", "建设冷链仓", "全年：推进", "项目科")]
    )
    plan = read(text, "计划.csv")
    check_plan(plan)
    first, second = plan.items
    assert [(s.source.row, s.source.column) for s in first.steps] == [(1, 2), (1, 2)]
    assert (second.content_source.table, second.content_source.row, second.content_source.column) == (0, 2, 1)
    assert second.section_source is not None
    assert second.section_source.column == 3


def test_a_task_repeated_in_the_rows_it_spans_is_one_item() -> None:
    rows = [
        ("办好商贸节", "3月：选址", "开幕"),
        ("办好商贸节", "9月：开幕", "开幕"),
        ("建设冷链仓", "6月：开工", "建成"),
    ]
    items = read(table_file(rows, TASKS), "计划.csv").items
    assert [(i.content, len(i.steps)) for i in items] == [("办好商贸节", 2), ("建设冷链仓", 1)]


def test_a_heading_that_spans_the_columns_of_a_table_file_is_no_item() -> None:
    rows = [("一、商贸方面",) * 3, ("办好商贸节", "3月：选址", "开幕")]
    assert [i.content for i in read(table_file(rows, TASKS), "计划.csv").items] == ["办好商贸节"]


def test_a_quoted_delimiter_parts_no_units() -> None:
    text = '序号,工作任务,完成时限,责任单位\n1,建设冷链仓,6月,"县商务局,县财政局"\n'
    (item,) = read(text, "计划.csv").items
    assert units_of(item) == [("县商务局", "lead"), ("县财政局", "lead")]


def test_a_tsv_file_is_a_table_file() -> None:
    text = table_file([("1", "办好商贸节", "3月：选址", "流通科")]).replace(",", "\t")
    (item,) = read(text, "计划.tsv").items
    assert steps_of(item) == [((3,), "选址")]


def test_the_flattened_and_the_table_file_say_the_same() -> None:
    rows = [
        ("1", "办好商贸节", "3月：选址；9月：开幕", "流通科"),
        ("2", "建设冷链仓", "上半年：立项\n\n第四季度：验收", "项目科、财务科"),
    ]
    flat, grid = read(flattened(rows)), read(table_file(rows), "计划.csv")
    assert [steps_of(i) for i in flat.items] == [steps_of(i) for i in grid.items]
    assert [units_of(i) for i in flat.items] == [units_of(i) for i in grid.items]
    assert [i.content for i in flat.items] == [i.content for i in grid.items]


# No plans


@pytest.mark.parametrize(
    "text",
    [
        "春天来了，万物复苏。\n孩子们在田野里奔跑。\n",
        "一、购买蔬菜\n二、购买水果\n三、打扫房间\n",
        "\t姓名\n\t年龄\n\n\t张三\n\t30\n\n\t李四\n\t40\n",
        "print('你好')\nfor i in range(3):\n\tprint(i)\n\tprint(i)\n",
    ],
    ids=["story", "list", "other table", "program"],
)
def test_a_text_that_is_no_plan_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(NotAPlan) as caught:
        read(text)
    assert str(caught.value).startswith("“计划.txt”")
    assert str(caught.value).count("。") == 1


def test_a_header_without_rows_is_no_plan() -> None:
    with pytest.raises(NotAPlan, match="没有读到事项"):
        read(flattened([]))


def test_a_table_file_that_is_no_plan_is_refused() -> None:
    with pytest.raises(InputError):
        read("姓名,年龄\n张三,30\n", "名单.csv")


# Known bugs


def test_a_text_file_with_tabs_between_the_cells_is_a_table() -> None:
    """What spreadsheets save as “Text (tab delimited)” and what is pasted from them."""
    text = table_file([("1", "办好商贸节", "3月：选址", "流通科")]).replace(",", "\t")
    (item,) = read(text, "计划.txt").items
    assert steps_of(item) == [((3,), "选址")]


def test_a_unit_whose_name_is_whole_is_not_taken_for_a_longer_one() -> None:
    rows = [("1", "办好商贸节", "3月：选址", "县政府"), ("2", "建设冷链仓", "6月：开工", "县政府办")]
    assert [i.section.name for i in read(flattened(rows)).items if i.section] == ["县政府", "县政府办"]


def test_a_number_that_begins_anew_in_a_chapter_is_not_reported_missing() -> None:
    rows = [
        ("一、商贸流通方面",),
        ("1", "办好商贸节。", "3月：筹备。", "流通科"),
        ("二、项目建设方面",),
        ("1", "建设冷链仓。", "6月：开工。", "项目科"),
    ]
    assert "missing-number" not in codes_of(read(flattened(rows)).items[1])


def test_a_column_that_is_not_understood_is_reported() -> None:
    rows = [("1", "办好商贸节。", "3月：选址。", "流通科")]
    plan = read(flattened(rows, ("序号", "内容", "路线图", "责任科室")))
    assert plan.defects or codes_of(plan.items[0])


def test_the_mark_of_an_annex_is_no_title() -> None:
    plan = read("附件1\n\n" + flattened([("1", "办好商贸节。", "3月：选址。", "流通科")]))
    assert plan.document.title == TITLE


def test_a_deadline_with_a_day_dates_its_step() -> None:
    rows = [("1", "建设冷链仓", "12月31日前", "项目科")]
    (item,) = read(flattened(rows, ("序号", "工作任务", "完成时限", "责任单位"))).items
    assert item.steps[0].months == (12,)


def test_a_label_alone_repeats_no_other_label() -> None:
    rows = [("1", "开展市场巡查", "每月", "执法科"), ("2", "报送统计数据", "每月", "综合科")]
    assert all("repeated-step" not in codes_of(i) for i in read(flattened(rows)).items)


def test_a_cell_of_nothing_but_a_comma_makes_no_empty_step() -> None:
    (item,) = read(flattened([("1", "办好商贸节。", "，", "流通科")])).items
    assert all(step.text for step in item.steps)


@pytest.mark.parametrize("gap", ["", "\n附件2 联系人名单\n\n"])
def test_a_second_table_of_another_kind_makes_no_items(gap: str) -> None:
    plan = flattened([("1", "办好商贸节。", "3月：选址。", "流通科")])
    others = flattened([("1", "王明", "副局长", "电话")], ("序号", "姓名", "职务", "电话"), title="")
    assert [i.content for i in read(plan + gap + others.removeprefix("\n")).items] == ["办好商贸节。"]


@pytest.mark.parametrize("numbers", [("1.1", "1.2"), ("1-1", "1-2")])
def test_numbers_of_two_levels_are_numbers(numbers: tuple[str, str]) -> None:
    rows = [
        (numbers[0], "办好商贸节。", "3月：选址。", "流通科"),
        (numbers[1], "建设冷链仓。", "6月：开工。", "项目科"),
    ]
    assert [i.content for i in read(flattened(rows)).items] == ["办好商贸节。", "建设冷链仓。"]


def test_a_note_behind_the_table_is_no_responsible_unit() -> None:
    text = flattened([("1", "办好商贸节。", "3月：选址。", "流通科")]) + "\n说明：以上安排可适当调整。\n"
    assert units_of(read(text).items[0]) == [("流通科", "lead")]


def test_a_unit_in_brackets_behind_the_section_is_one_by_itself() -> None:
    rows = [("1", "办展。", "3月：办展。", "会展科（区会展办）"), ("2", "招商。", "3月：招商。", "招商科")]
    plan = read(flattened(rows))
    assert units_of(plan.items[0]) == [("会展科", "lead"), ("区会展办", "lead")]
    check_plan(plan)


def test_a_section_cell_may_name_who_supports() -> None:
    rows = [
        ("1", "共享数据。", "3月：共享数据。", "数据科（配合单位：市大数据局）"),
        ("2", "招商。", "3月：招商。", "招商科"),
    ]
    plan = read(flattened(rows))
    assert units_of(plan.items[0]) == [("数据科", "lead"), ("市大数据局", "support")]
    check_plan(plan)


def test_units_in_brackets_of_a_content_are_responsible_beside_the_section() -> None:
    rows = [
        ("1", "优化服务。（牵头单位：法规科；配合单位：区司法局）", "3月：优化。", "营商科"),
        ("2", "招商。", "3月：招商。", "招商科"),
    ]
    plan = read(flattened(rows))
    assert units_of(plan.items[0]) == [("营商科", "lead"), ("法规科", "lead"), ("区司法局", "support")]
    assert plan.items[0].section is not None
    assert plan.items[0].section.name == "营商科"
    check_plan(plan)


def test_every_row_of_a_task_keeps_its_own_criterion() -> None:
    text = table_file(
        [
            ("1", "办好培训", "3月：制定方案", "印发《培训方案》", "教务处"),
            ("1", "办好培训", "5月：开展培训", "培训不少于2期", "教务处"),
            ("2", "办好比赛", "6月：比赛", "比赛1场", "学工处"),
        ],
        ("序号", "工作任务", "时序进度", "考核要点", "责任部门"),
    )
    plan = read(text, "计划.csv")
    first = plan.items[0]
    assert first.criteria == "印发《培训方案》\n培训不少于2期"
    quoted = [plan.text[s.start : s.end] for s in first.criteria_sources]
    assert quoted == ["印发《培训方案》", "培训不少于2期"]
