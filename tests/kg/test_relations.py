"""Facts: each has its evidence in the text, and says what that text says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from kg.model import Fact, document_id, item_id, step_id
from kg.pipeline import Extraction
from tests.kg.plans import flattened

Extracted = Callable[[str], Extraction]
DOCUMENT = "xihaian-2021"


@pytest.fixture(scope="module")
def facts(sample: Extraction) -> dict[tuple[str, str, str], Fact]:
    return {(f.head, f.relation, f.tail): f for f in sample.facts}


def triples(extraction: Extraction, relation: str) -> set[tuple[str, str]]:
    return {(f.head, f.tail) for f in extraction.facts if f.relation == relation}


# Every fact of the sample


def test_no_fact_is_stated_twice(sample: Extraction) -> None:
    counts = Counter((f.head, f.relation, f.tail) for f in sample.facts)
    assert max(counts.values()) == 1


def test_every_fact_has_evidence_in_the_text(sample: Extraction) -> None:
    text = sample.plans[0].text
    for fact in sample.facts:
        assert fact.evidence
        for span in fact.evidence:
            assert span.document == DOCUMENT
            assert text[span.start : span.end].strip()
            assert span.line == text.count("\n", 0, span.start) + 1


def test_the_evidence_is_in_the_order_of_the_text(sample: Extraction) -> None:
    for fact in sample.facts:
        starts = [span.start for span in fact.evidence]
        assert starts == sorted(starts)


def test_the_evidence_that_an_entity_is_mentioned_spells_one_of_its_names(sample: Extraction) -> None:
    text, names = sample.plans[0].text, {e.id: e.aliases for e in sample.entities}
    for fact in sample.facts:
        if fact.relation == "mentions":
            for span in fact.evidence:
                assert "".join(text[span.start : span.end].split()).strip("《》") in names[fact.tail]


def test_the_evidence_of_a_relation_spells_both_its_ends(sample: Extraction) -> None:
    text, names = sample.plans[0].text, {e.id: e.aliases for e in sample.entities}
    between = ("operated_by", "builds", "phase_of", "part_of", "about", "participates_in", "located_in")
    for fact in sample.facts:
        if fact.relation in between:
            for span in fact.evidence:
                words = "".join(text[span.start : span.end].split())
                assert any(name in words for name in names[fact.tail]), fact
                assert any(name in words for name in names[fact.head]), fact


def test_every_item_has_a_responsible_section(sample: Extraction) -> None:
    stated = {(item.id, f"section:{item.section.name}") for item in sample.plans[0].items if item.section}
    assert len(stated) == 27
    assert triples(sample, "responsible") == stated


def test_an_inferred_section_is_an_inferred_fact(facts: dict[tuple[str, str, str], Fact]) -> None:
    methods = {head: fact.method for (head, relation, _), fact in facts.items() if relation == "responsible"}
    assert [head for head, method in methods.items() if method == "inferred"] == [item_id(DOCUMENT, 17)]


def test_every_step_hangs_on_its_item_and_its_months(sample: Extraction) -> None:
    (plan,) = sample.plans
    steps = {(item.id, step_id(DOCUMENT, s.key)) for item in plan.items for s in item.steps}
    months = {
        (step_id(DOCUMENT, s.key), f"month:{month}")
        for i in plan.items
        for s in i.steps
        for month in s.months
    }
    assert triples(sample, "has_step") == steps
    assert {pair for pair in triples(sample, "scheduled_in") if pair[0].startswith("step:")} == months
    assert triples(sample, "has_item") == {(document_id(DOCUMENT), item.id) for item in plan.items}


def test_no_step_precedes_an_earlier_one(sample: Extraction) -> None:
    months = {step_id(DOCUMENT, s.key): s.months for i in sample.plans[0].items for s in i.steps}
    for earlier, later in triples(sample, "precedes"):
        assert months[earlier] < months[later]


@pytest.mark.parametrize(
    ("head", "relation", "tail"),
    [
        ("platform:宸芯科技国家重点实验室", "operated_by", "company:宸芯科技"),
        ("platform:西门子创新中心", "operated_by", "company:西门子"),
        ("platform:商汤超算中心", "operated_by", "company:商汤"),
        ("platform:新松智能无人系统创新研究院", "operated_by", "company:新松"),
        ("project:金能科技一期", "operated_by", "company:金能"),
        ("project:中国电信云基地二期", "operated_by", "company:中国电信"),
        ("project:中国电信云基地二期", "phase_of", "platform:中国电信云基地"),
        ("project:产业大数据决策与服务平台项目", "builds", "platform:产业大数据决策与服务平台"),
        ("project:城市云脑项目", "builds", "platform:城市云脑"),
        ("project:海洋生物医药科技园项目", "builds", "platform:海洋生物医药科技园"),
        ("company:海尔", "participates_in", "program:倍增计划"),
        ("company:明月海藻", "participates_in", "program:倍增计划"),
        ("company:澳柯玛", "participates_in", "program:倍增计划"),
        ("company:特锐德", "located_in", "place:青岛市"),
        ("topic:智能无人系统", "broader", "topic:人工智能"),
        ("item:xihaian-2021/1", "supervised_by", "organization:局办公室"),
    ],
)
def test_the_sample_says(
    head: str, relation: str, tail: str, facts: dict[tuple[str, str, str], Fact]
) -> None:
    assert (head, relation, tail) in facts


# Synthetic plans


def test_units_lead_or_support(extracted: Extracted) -> None:
    rows = [("1", "建设冷链仓", "6月：开工", "县商务局", "县财政局、县交通局")]
    extraction = extracted(flattened(rows, ("序号", "工作任务", "进度安排", "牵头单位", "配合单位")))
    assert triples(extraction, "responsible") == {("item:p/1", "section:县商务局")}
    assert triples(extraction, "supports") == {
        ("item:p/1", "section:县财政局"),
        ("item:p/1", "section:县交通局"),
    }


def test_a_range_of_months_is_scheduled_in_each(extracted: Extracted) -> None:
    extraction = extracted(flattened([("1", "办好商贸节。", "2月-4月：筹备。", "流通科")]))
    assert triples(extraction, "scheduled_in") == {("step:p/1:2-4", f"month:{m}") for m in (2, 3, 4)}


def test_a_target_hangs_on_its_step_its_item_and_its_month(extracted: Extracted) -> None:
    extraction = extracted(flattened([("1", "办好商贸节。", "9月：参展企业达到50家。", "流通科")]))
    assert triples(extraction, "has_target") == {("item:p/1", "target:p/1/1"), ("step:p/1:9", "target:p/1/1")}
    assert ("target:p/1/1", "month:9") in triples(extraction, "scheduled_in")


def test_a_company_in_another_clause_takes_no_part(extracted: Extracted) -> None:
    rows = [("1", "走访海尔。实施倍增计划。", "3月：走访海信，推进倍增计划。", "工业科")]
    assert triples(extracted(flattened(rows)), "participates_in") == set()


def test_facts_of_two_documents_are_put_together(sample: Extraction, extracted: Extracted) -> None:
    rows = [
        ("1", "走访海尔。", "3月：走访海尔。", "工业科"),
        ("2", "走访海尔。", "4月：走访海尔。", "工业科"),
    ]
    mentions = {f.head for f in extracted(flattened(rows)).facts if f.tail == "company:海尔"}
    assert mentions == {"item:p/1", "item:p/2", "step:p/1:3", "step:p/2:4"}
