"""The sample plan: every row, every step, and what its source spoiled.

What is expected is counted in the text itself, by other means than the reader's.
"""

from __future__ import annotations

import re

import pytest

from kg.model import Item, Plan
from tests.kg.plans import check_plan, codes_of, steps_of

NUMBER_LOST = [12, 15, 16, 20, 22, 23, 26, 27]
"""Rows of the source that begin with a space, a tab and the content (24 and 25 have their number there)."""


@pytest.fixture(scope="module")
def items(sample_plan: Plan) -> dict[int, Item]:
    return {item.no: item for item in sample_plan.items}


def test_there_are_27_items_in_order(sample_plan: Plan) -> None:
    assert [item.no for item in sample_plan.items] == list(range(1, 28))


def test_there_is_a_step_for_every_label_of_the_text_and_one_narrative(sample_plan: Plan) -> None:
    labels = re.findall(r"^\t?\d[\d-]*月份：", sample_plan.text, re.MULTILINE)
    assert len(labels) + 1 == 319
    assert sum(len(item.steps) for item in sample_plan.items) == 319


def test_every_label_gives_the_step_of_its_line(sample_plan: Plan) -> None:
    lines = {
        number: match.group(1)
        for number, line in enumerate(sample_plan.text.split("\n"), 1)
        if (match := re.match(r"\t?(\d[\d-]*月份)：", line))
    }
    found = {step.source.line: step.label for item in sample_plan.items for step in item.steps if step.label}
    assert found == lines


def test_every_span_quotes_what_stands_there(sample_plan: Plan) -> None:
    check_plan(sample_plan)


def test_the_title_and_its_year_are_read(sample_plan: Plan) -> None:
    assert sample_plan.document.title == sample_plan.text.split("\n")[0]
    assert sample_plan.document.year == 2021


def test_every_item_keeps_its_whole_row(sample_plan: Plan) -> None:
    """Between one row's content and the next there is nothing that another item claims."""
    for earlier, later in zip(sample_plan.items, sample_plan.items[1:], strict=False):
        assert earlier.source.end <= later.source.start


def test_lost_numbers_are_counted_on(items: dict[int, Item]) -> None:
    assert [no for no, item in items.items() if not item.number_in_source] == NUMBER_LOST
    assert [no for no, item in items.items() if "missing-number" in codes_of(item)] == NUMBER_LOST


def test_rows_without_a_number_are_those_led_by_a_lone_space(sample_plan: Plan) -> None:
    led = {m.start(1) for m in re.finditer(r"^ \t((?!\d)\S)", sample_plan.text, re.MULTILINE)}
    lost = {item.content_source.start for item in sample_plan.items if not item.number_in_source}
    assert lost == led


def test_eight_rows_lack_their_supervision(sample_plan: Plan) -> None:
    lines = sample_plan.text.count("热线电话")
    assert 27 - lines == 8
    lacking = [item.no for item in sample_plan.items if "missing-supervision" in codes_of(item)]
    assert lacking == [19, 21, 22, 23, 24, 25, 26, 27]
    assert [item.no for item in sample_plan.items if item.hotline is None] == lacking


def test_the_hotline_is_read_from_the_supervision(items: dict[int, Item]) -> None:
    assert items[1].hotline == "85161796"


def test_a_section_that_is_only_begun_is_inferred(items: dict[int, Item]) -> None:
    section = items[17].section
    assert section is not None
    assert (section.name, section.raw, section.inferred) == ("工业科", "工业", True)
    assert "ambiguous-section" in codes_of(items[17])


def test_no_other_section_is_inferred(items: dict[int, Item]) -> None:
    assert [no for no, item in items.items() if item.section and item.section.inferred] == [17]


def test_the_sections_are_the_cells_of_the_source(sample_plan: Plan) -> None:
    cells = re.findall(r"^\t([\u4e00-\u9fff]+[科办]|工业)$", sample_plan.text, re.MULTILINE)
    assert [item.section.raw for item in sample_plan.items if item.section] == cells


def test_a_quarter_told_without_months_is_one_step(items: dict[int, Item]) -> None:
    step = items[4].steps[0]
    assert (step.key, step.label, step.quarter) == ("4:Q1", None, 1)
    assert step.text.startswith("1月21日，青岛西海岸大学科教园区工作专题会议纪要确定")
    assert step.text.endswith("报市政府研究。")
    assert "missing-months" in codes_of(items[4])


def test_ranges_of_months_are_one_step_each(items: dict[int, Item]) -> None:
    found = {step.key: step.months for step in items[23].steps if len(step.months) > 1}
    assert found == {"23:1-3": (1, 2, 3), "23:11-12": (11, 12)}


def test_two_cells_break_off(items: dict[int, Item]) -> None:
    broken = [
        next(step.key for step in item.steps if step.source == defect.source)
        for item in items.values()
        for defect in item.defects
        if defect.code == "truncated"
    ]
    assert broken == ["4:4", "4:9"]
    endings = {step.key: step.text[-5:] for step in items[4].steps if step.key in broken}
    assert endings == {"4:4": "创业大赛已", "4:9": "杯”中国大"}


def test_months_written_twice_are_reported(items: dict[int, Item], sample_plan: Plan) -> None:
    twice = [
        sample_plan.text[d.source.start : d.source.end]
        for item in items.values()
        for d in item.defects
        if d.code == "duplicated-month"
    ]
    # 5月份：5月带领…, 6月份：6月做好…
    assert twice == ["5月", "6月"]


def test_an_action_of_july_in_the_cell_of_june_is_reported(items: dict[int, Item], sample_plan: Plan) -> None:
    (defect,) = [d for item in items.values() for d in item.defects if d.code == "month-outside-quarter"]
    assert sample_plan.text[defect.source.start :].startswith("7月组织相关团队参加")
    assert defect in items[4].defects


def test_repeated_steps_are_those_whose_words_stood_before(items: dict[int, Item], sample_plan: Plan) -> None:
    seen: set[str] = set()
    repeated = []
    for item in items.values():
        for step in item.steps:
            if step.text in seen:
                repeated.append(step.key)
            seen.add(step.text)
    reported = [
        next(step.key for step in item.steps if step.source == defect.source)
        for item in items.values()
        for defect in item.defects
        if defect.code == "repeated-step"
    ]
    assert reported == repeated
    assert {"14:2", "19:3", "25:9"} <= set(reported)


def test_a_step_holds_its_own_words_only(items: dict[int, Item]) -> None:
    assert dict(zip((s.key for s in items[13].steps), steps_of(items[13]), strict=True))["13:8"] == (
        (8,),
        "依托智能家电产业“链长制”，加快推进海尔、海信、澳柯玛等重点项目建设。",
    )


def test_no_defect_is_reported_of_a_row_that_is_whole(items: dict[int, Item]) -> None:
    assert codes_of(items[1]) == []
    assert codes_of(items[13]) == []
