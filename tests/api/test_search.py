"""Search over the sample plan: the contract's shape, constraints, and honest silence."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from api.cli import printing
from api.schemas import SearchAnswerShape
from api.service import KnowledgeService
from kg.errors import NotFound
from tests.api.support import OTHER, opened, write

QUESTIONS = ["哪些事项涉及人工智能", "5G基站建设", "工业科9月份要做什么", "揭榜掛帥"]
LEVELS = ["step", "item", "entity"]


@pytest.fixture(scope="module")
def months(service: KnowledgeService) -> dict[str, list[int]]:
    return {step["key"]: step["months"] for item in service.items() for step in item["steps"]}


@pytest.fixture(scope="module")
def sections(service: KnowledgeService) -> dict[int, set[str]]:
    """All units responsible for an item, by its number."""
    return {
        item["no"]: {item["section"]["name"], *(unit["name"] for unit in item["responsible"])}
        for item in service.items()
    }


@pytest.fixture(scope="module")
def answers(service: KnowledgeService) -> dict[tuple[str, str], SearchAnswerShape]:
    """Every hit for each question at each level, asked once."""
    return {(q, level): service.search(q, top=1000, level=level) for q in QUESTIONS for level in LEVELS}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_has_the_shape_of_the_contract(
    service: KnowledgeService, answers: dict[tuple[str, str], SearchAnswerShape], question: str, level: str
) -> None:
    answer = answers[question, level]
    assert answer.keys() >= {"query", "build", "answered", "understood", "hits"}
    assert (answer["query"], answer["build"]) == (question, service.snapshot.build)
    assert answer["understood"].keys() >= {"text", "entities", "sections", "months", "items", "kinds"}
    assert answer["answered"] is True
    assert answer["hits"]
    text = service.snapshot.texts["xihaian-2021"]
    for hit in answer["hits"]:
        assert hit.keys() >= {
            "key",
            "level",
            "document",
            "item",
            "text",
            "score",
            "parts",
            "highlights",
            "source",
        }
        assert (hit["level"], hit["document"]) == (level, "xihaian-2021")
        assert hit["source"].keys() >= {"document", "line", "start", "end"}
        assert hit["parts"].keys() >= {"dense", "lexical", "graph"}
        if level != "entity":
            assert text[hit["source"]["start"] : hit["source"]["end"]] == hit["text"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_descend_within_0_and_1(
    answers: dict[tuple[str, str], SearchAnswerShape], question: str, level: str
) -> None:
    hits = answers[question, level]["hits"]
    scores = [hit["score"] for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= value <= 1 for hit in hits for value in (hit["score"], *hit["parts"].values()))
    assert len({hit["key"] for hit in hits}) == len(hits)


@pytest.mark.parametrize("question", QUESTIONS)
def test_highlights_lie_within_the_text_and_do_not_overlap(
    answers: dict[tuple[str, str], SearchAnswerShape], question: str
) -> None:
    for hit in answers[question, "step"]["hits"]:
        ends = 0
        for start, end in hit["highlights"]:
            assert ends <= start < end <= len(hit["text"])
            ends = end


def test_a_highlight_is_a_word_of_the_question(service: KnowledgeService) -> None:
    first = service.search("人工智能")["hits"][0]
    assert "人工智能" in {first["text"][start:end] for start, end in first["highlights"]}


def test_artificial_intelligence_finds_its_items(service: KnowledgeService) -> None:
    answer = service.search("哪些事项涉及人工智能", level="item")
    assert answer["understood"]["entities"] == ["topic:人工智能"]
    assert {hit["item"] for hit in answer["hits"][:3]} == {3, 7, 20}
    assert all(hit["key"] == str(hit["item"]) for hit in answer["hits"])


def test_a_section_and_a_month_in_the_question_are_kept(
    service: KnowledgeService, months: dict[str, list[int]], sections: dict[int, set[str]]
) -> None:
    answer = service.search("工业科9月份要做什么", top=1000)
    assert (answer["understood"]["sections"], answer["understood"]["months"]) == (["工业科"], [9])
    expected = {k for k, m in months.items() if 9 in m and "工业科" in sections[int(k.split(":")[0])]}
    assert expected
    assert {hit["key"] for hit in answer["hits"]} == expected


@pytest.mark.parametrize("question", ["财务科10月要做什么", "財務科10月要做什麼", "财务科负责哪些事项"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_section_that_does_not_exist_has_no_answer(
    service: KnowledgeService, question: str, level: str
) -> None:
    answer = service.search(question, level=level)
    assert (answer["answered"], answer["hits"]) == (False, [])


@pytest.mark.parametrize("question", ["红烧肉怎么做", "what is the capital of France", "qwertyuiop"])
def test_what_the_documents_do_not_hold_has_no_answer(service: KnowledgeService, question: str) -> None:
    answer = service.search(question)
    assert (answer["answered"], answer["hits"]) == (False, [])


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("揭榜掛帥", "揭榜挂帅"),
        ("哪些事項涉及人工智能", "哪些事项涉及人工智能"),
        ("工業科9月份要做什麼", "工业科9月份要做什么"),
        ("５Ｇ基站", "5G基站"),
        ("5g基站", "5G基站"),
        ("ＡＩ", "ai"),
        ("  人工智能\n", "人工智能"),
        ("工业科９月份要做什么", "工业科9月份要做什么"),
    ],
)
def test_the_way_of_writing_makes_no_difference(service: KnowledgeService, written: str, plain: str) -> None:
    found, expected = service.search(written), service.search(plain)
    assert found["answered"] is True
    assert [hit["key"] for hit in found["hits"]] == [hit["key"] for hit in expected["hits"]]


def test_a_traditional_name_is_found_first(service: KnowledgeService) -> None:
    answer = service.search("揭榜掛帥")
    assert answer["understood"]["entities"] == ["program:揭榜挂帅"]
    assert "揭榜挂帅" in answer["hits"][0]["text"]


@pytest.mark.parametrize("level", ["step", "item"])
def test_a_month_given_beside_the_question_filters(
    service: KnowledgeService, months: dict[str, list[int]], level: str
) -> None:
    hits = service.search("人工智能", top=1000, level=level, month=9)["hits"]
    september = {key for key, in_months in months.items() if 9 in in_months}
    if level == "step":
        assert {hit["key"] for hit in hits} == september
    else:
        assert {hit["item"] for hit in hits} == {int(key.split(":")[0]) for key in september}


@pytest.mark.parametrize("level", ["step", "item"])
def test_a_section_given_beside_the_question_filters(
    service: KnowledgeService, sections: dict[int, set[str]], level: str
) -> None:
    hits = service.search("人工智能", top=1000, level=level, section="高新科")["hits"]
    expected = {no for no, units in sections.items() if "高新科" in units}
    assert 0 < len(expected) < 27
    assert {hit["item"] for hit in hits} == expected


def test_an_unknown_section_given_beside_the_question_finds_nothing(service: KnowledgeService) -> None:
    answer = service.search("人工智能", section="财务科")
    assert (answer["answered"], answer["hits"]) == (False, [])


def test_a_section_given_in_traditional_characters_filters(service: KnowledgeService) -> None:
    expected = service.search("人工智能", section="工业科")["hits"]
    assert expected
    assert service.search("人工智能", section="工業科")["hits"] == expected


def test_an_unknown_document_is_not_found(service: KnowledgeService) -> None:
    with pytest.raises(NotFound, match="xihaian-2021"):
        service.search("人工智能", document="没有")


@pytest.mark.parametrize("top", [1, 5, 400])
def test_top_bounds_the_hits_and_keeps_their_order(service: KnowledgeService, top: int) -> None:
    everything = [hit["key"] for hit in service.search("人工智能", top=1000)["hits"]]
    assert len(everything) == 319
    assert [hit["key"] for hit in service.search("人工智能", top=top)["hits"]] == everything[:top]


def test_the_same_question_has_the_same_answer(service: KnowledgeService) -> None:
    assert service.search("推进重点项目") == service.search("推进重点项目")


# Two documents


@pytest.fixture(scope="module")
def two(service: KnowledgeService, tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeService:
    folder = tmp_path_factory.mktemp("two")
    kg = opened(Path(shutil.copytree(tiny / "workspace", folder / "workspace")), service)
    kg.ingest([write(folder / "other.txt", OTHER)])
    return kg


@pytest.mark.parametrize("level", ["step", "item"])
@pytest.mark.parametrize("name", ["other", "other.txt"])
def test_a_document_given_beside_the_question_filters(two: KnowledgeService, level: str, name: str) -> None:
    everything = two.search("海尔智慧工厂", top=1000, level=level)["hits"]
    only = two.search("海尔智慧工厂", top=1000, level=level, document=name)["hits"]
    assert {hit["document"] for hit in everything} == {"tiny", "other"}
    assert {hit["document"] for hit in only} == {"other"}


@pytest.mark.parametrize(
    ("given", "document"),
    [({"document": "other"}, "other"), ({"section": "人才科"}, "other"), ({"month": 11}, "other")],
)
def test_filters_hold_for_entities_too(two: KnowledgeService, given: dict[str, Any], document: str) -> None:
    hits = two.search("科大讯飞", level="entity", **given)["hits"]
    assert hits
    assert {hit["document"] for hit in hits} == {document}


def test_the_only_item_that_says_the_very_words_scores_above_0(
    service: KnowledgeService, tmp_path: Path
) -> None:
    kg = opened(tmp_path / "workspace", service)
    kg.ingest([write(tmp_path / "one.csv", "序号,内容,责任单位\n1,做好日常安全检查,\n")])
    (hit,) = kg.search("做好日常安全检查", level="item")["hits"]
    assert hit["score"] > 0.5


# Whole sets, and constraints that leave nothing


def test_of_a_whole_set_nothing_that_is_stated_is_cut_off(service: KnowledgeService) -> None:
    answer = service.search("列出工业科下半年的全部步骤", level="step")
    sure = [hit for hit in answer["hits"] if hit["certainty"] != "possible"]
    stated = sum(count for certainty, count in answer["found"].items() if certainty != "possible")
    assert answer["understood"]["whole_set"] is True
    assert len(sure) == stated > 10


def test_a_question_of_nothing_but_constraints_is_one_for_a_whole_set(
    service: KnowledgeService, months: dict[str, list[int]], sections: dict[int, set[str]]
) -> None:
    expected = {k for k, m in months.items() if 9 in m and "工业科" in sections[int(k.split(":")[0])]}
    hits = service.search("工业科9月份要做什么")["hits"]
    assert {hit["key"] for hit in hits} == expected
    assert {hit["certainty"] for hit in hits} == {"stated"}


def test_what_a_bound_cuts_off_is_told(service: KnowledgeService) -> None:
    last = list(printing.search(service.search("工业科下半年要做什么", top=3), service.snapshot.labels))[-1]
    assert "这里列出 3 条" in last


def test_a_bound_that_is_given_holds_for_a_whole_set_too(service: KnowledgeService) -> None:
    assert len(service.search("哪些事项涉及人工智能", level="item", top=2)["hits"]) == 2


def test_stated_and_possible_are_told_apart(service: KnowledgeService) -> None:
    hits = service.search("哪些事项涉及区块链", level="item", top=27)["hits"]
    sure = {hit["item"] for hit in hits if hit["certainty"] == "stated"}
    texts = {item["no"]: str(item) for item in service.items("xihaian-2021")}
    assert sure == {no for no, text in texts.items() if "区块链" in text}
    assert {hit["certainty"] for hit in hits} == {"stated", "possible"}


def test_an_item_that_touches_only_what_belongs_to_an_entity_is_inferred(service: KnowledgeService) -> None:
    traced = {item["item"]: item["certainty"] for item in service.trace("金能")["items"]}
    hits = service.search("列出涉及金能的事项", level="item")["hits"]
    found = {hit["item"]: hit["certainty"] for hit in hits if hit["certainty"] != "possible"}
    assert found == traced


@pytest.mark.parametrize(
    ("question", "level"),
    [("工业科2月份关于区块链的工作", "step"), ("99号事项涉及的区块链", "item")],
)
def test_constraints_that_leave_nothing_are_told_with_the_nearest(
    service: KnowledgeService, question: str, level: str
) -> None:
    answer = service.search(question, level=level)
    assert (answer["answered"], answer["hits"]) == (False, [])
    assert "没有同时满足" in answer["note"]
    assert answer["nearest"]
    assert all(hit["certainty"] != "possible" for hit in answer["nearest"][:1])


def test_a_month_is_a_word_where_nothing_is_dated(service: KnowledgeService, tmp_path: Path) -> None:
    kg = opened(tmp_path / "workspace", service)
    kg.ingest([write(tmp_path / "one.csv", "序号,内容,责任单位\n1,落实2月份安全生产检查,\n")])
    answer = kg.search("2月份的安全生产检查")
    assert answer["understood"]["months"] == []
    assert (answer["answered"], answer["hits"]) == (False, [])
    assert "--level item" in answer["note"]
    assert kg.search("2月份的安全生产检查", level="item")["answered"] is True


def test_entities_of_the_kind_asked_for(service: KnowledgeService) -> None:
    hits = service.search("做机器人的公司有哪些", level="entity")["hits"]
    assert hits
    assert all(hit["key"].startswith("company:") for hit in hits)


def test_a_target_is_found_before_other_steps(service: KnowledgeService) -> None:
    answer = service.search("哪些工作有产值目标")
    assert answer["understood"]["kinds"] == ["Target"]
    assert answer["hits"][0]["parts"]["kind"] == 1


def test_identical_steps_are_separate_hits_and_one_line_of_text(service: KnowledgeService) -> None:
    hits = service.search("惠企政策精准推送")["hits"]
    same = [hit for hit in hits if hit["text"] == hits[0]["text"]]
    assert len({hit["key"] for hit in same}) == len(same) > 1
    lines = list(printing.search(service.search("惠企政策精准推送"), service.snapshot.labels))
    assert sum(hits[0]["text"] in line for line in lines) == 1
    assert all(hit["key"] in lines[0] for hit in same)
