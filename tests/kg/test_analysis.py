"""A trace finds all the work that touches an entity, and shows for each item how it gets there.

What is expected of the sample is scanned from its text by lines and labels, without the reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import networkx as nx
import pytest

from kg.analysis import Network, Trace, trace
from kg.model import Plan
from kg.pipeline import Extraction
from tests.kg.plans import flattened, network_of

Traced = Callable[[str], Trace]


@pytest.fixture(scope="module")
def traced(network: Network) -> Traced:
    return lambda entity: trace(entity, network)


def scan(plan: Plan, pattern: str) -> tuple[set[int], set[str]]:
    """(items, step keys) of every line of the table in which a pattern stands."""
    contents = [item.content for item in plan.items]
    no, items, keys = 0, set(), set()
    for line in plan.text.split("\n"):
        cell = line.strip()
        if cell in contents[no : no + 1]:
            no += 1
        if no and re.search(pattern, cell):
            items.add(no)
            if label := re.match(r"([\d-]+)月份：", cell):
                keys.add(f"{no}:{label.group(1)}")
            elif cell.startswith("1月21日"):
                keys.add(f"{no}:Q1")
    return items, keys


def found(trace_: Trace, *certainties: str) -> tuple[set[int], set[str]]:
    items = {t.item.no for t in trace_.items() if t.certainty in certainties}
    keys = {s.step.key for t in trace_.items() for s in t.steps if s.certainty in certainties}
    return items, keys


EVERY = ("stated", "alias", "inferred")


def test_the_scan_itself_sees_what_the_text_says(sample_plan: Plan) -> None:
    assert scan(sample_plan, "海尔") == ({7, 13}, {"7:11", "13:2", "13:8"})


@pytest.mark.parametrize(
    ("entity", "pattern"),
    [
        ("company:海尔", "海尔"),
        ("company:澳柯玛", "澳柯玛"),
        ("company:金能", "金能"),
        ("company:商汤", "商汤"),
        ("company:明月海藻", "明月海藻"),
        ("company:科大讯飞", "科大讯飞"),
        ("program:链长制", "链长制"),
        ("platform:城市云脑", "城市云脑"),
        ("topic:区块链", "区块链"),
        ("organization:市发改委", "市发改委"),
    ],
)
def test_a_trace_is_all_the_lines_that_name_the_entity(
    entity: str, pattern: str, traced: Traced, sample_plan: Plan
) -> None:
    assert found(traced(entity), *EVERY) == scan(sample_plan, pattern)


def test_a_topic_is_stated_where_it_is_named(traced: Traced, sample_plan: Plan) -> None:
    items, keys = scan(sample_plan, "人工智能")
    assert found(traced("topic:人工智能"), "stated", "alias") == (items, keys)


def test_a_topic_is_inferred_from_its_narrower_topics(traced: Traced, sample_plan: Plan) -> None:
    items, keys = scan(sample_plan, "人工智能|机器人|智能无人")
    every = found(traced("topic:人工智能"), *EVERY)
    assert items <= every[0]
    assert keys <= every[1]
    assert "20:6" in found(traced("topic:人工智能"), "inferred")[1]


def test_a_section_traces_to_every_item_it_answers_for(traced: Traced, sample_plan: Plan) -> None:
    items, _ = scan(sample_plan, "^工业科?$")
    result = traced("section:工业科")
    assert items == {12, 13, 14, 15, 17, 22, 26}
    assert {t.item.no for t in result.items()} == items
    assert {t.item.no for t in result.items() if t.certainty == "inferred"} == {17}
    assert sum(len(t.steps) for t in result.items()) == 12 * len(items)


def test_another_name_of_an_entity_is_an_alias(traced: Traced) -> None:
    steps = {s.step.key: s.certainty for t in traced("company:澳柯玛").items() for s in t.steps}
    # 15:3 says 澳柯玛集团 alone; 15:5 says 澳柯玛.
    assert steps["15:3"] == "alias"
    assert steps["15:5"] == "stated"


def test_a_companys_projects_and_platforms_are_listed(traced: Traced) -> None:
    assert traced("company:金能").of_type("Project") == ("project:金能科技一期",)
    assert "platform:商汤超算中心" in traced("company:商汤").of_type("Platform")


def test_the_sections_of_a_trace_are_those_of_its_items(traced: Traced, sample_plan: Plan) -> None:
    sections = {i.no: i.section.name for i in sample_plan.items if i.section}
    result = traced("company:海尔")
    assert set(result.sections) == {sections[t.item.no] for t in result.items()}


def test_the_targets_of_a_trace_stand_in_its_steps(traced: Traced) -> None:
    targets = traced("company:金能").targets
    assert [t.number for _, t in targets if t.unit == "亿元"] == [5, 15, 30]


def test_the_timeline_holds_every_step_in_each_of_its_months(traced: Traced) -> None:
    result = traced("project:中国电信云基地二期")
    timeline = {month: {key for _, key in keys} for month, keys in result.timeline}
    assert timeline[2] == {"23:1-3"}
    assert timeline[12] == {"23:11-12"}
    expected = {(m, s.step.key) for t in result.items() for s in t.steps for m in s.step.months}
    assert {(month, key) for month, keys in timeline.items() for key in keys} == expected
    assert list(timeline) == sorted(timeline)


def test_an_id_that_is_no_node_is_refused(traced: Traced) -> None:
    with pytest.raises(KeyError):
        traced("company:没有")


# Every entity


def test_every_hop_of_every_path_is_a_fact(
    traced: Traced, sample: Extraction, graph: nx.MultiDiGraph[str]
) -> None:
    for entity in sample.entities:
        for item in traced(entity.id).items():
            assert item.path
            for hop in item.path:
                data = graph.get_edge_data(hop.head, hop.tail, hop.relation)
                assert data is not None, (entity.id, hop)
                assert hop.evidence in data["evidence"], (entity.id, hop)


def test_every_path_leads_from_the_entity_to_the_item(traced: Traced, sample: Extraction) -> None:
    for entity in sample.entities:
        for item in traced(entity.id).items():
            here = entity.id
            for hop in item.path:
                assert here in (hop.head, hop.tail), (entity.id, item.path)
                here = hop.tail if here == hop.head else hop.head
            assert here == item.item.id


def test_every_entity_traces_to_all_its_mentions(traced: Traced, sample: Extraction) -> None:
    for entity in sample.entities:
        result = traced(entity.id)
        named = {m.item for m in sample.mentions if m.entity == entity.id and m.item is not None}
        steps = {m.step for m in sample.mentions if m.entity == entity.id and m.step is not None}
        assert named <= {t.item.no for t in result.items()}
        assert steps <= {s.step.key for t in result.items() for s in t.steps}


def test_every_entity_of_the_sample_is_traced_to_an_item_or_the_title(
    traced: Traced, sample: Extraction
) -> None:
    for entity in sample.entities:
        titled = any(m.item is None for m in sample.mentions if m.entity == entity.id)
        assert traced(entity.id).items or titled


def test_work_on_a_companys_platform_touches_the_company(extracted: Callable[[str], Extraction]) -> None:
    rows = [
        ("1", "建设海尔工业互联网平台。", "3月：海尔工业互联网平台立项。", "信息科"),
        ("2", "做好日常工作。", "4月：召开例会。", "综合科"),
    ]
    extraction = extracted(flattened(rows))
    result = trace("company:海尔", network_of(extraction))
    assert [t.item.no for t in result.items()] == [1]
    assert result.of_type("Platform") == ("platform:海尔工业互联网平台",)
