"""Questions: names by their sound, everyday words, and the question taken as mere words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from api.evaluation import NotQuestions, evaluate, read_questions
from api.questions.spelling import Sounds
from api.questions.understanding import Understanding
from api.service import KnowledgeService
from kg.knowledge import Knowledge
from kg.model import Entity

NAMES = ["澳柯玛", "明月海藻", "海信", "人工智能"]


@pytest.fixture(scope="module")
def sounds() -> Sounds:
    return Sounds.of(NAMES)


@pytest.mark.parametrize(
    ("text", "corrections"),
    [
        ("澳柯马今年做什么", [("澳柯马", "澳柯玛")]),
        ("走访明月海澡", [("明月海澡", "明月海藻")]),
        ("aokema 的项目", [("aokema", "澳柯玛")]),
        ("rgzn", [("rgzn", "人工智能")]),
        ("澳柯玛和明月海藻", []),
        ("海新", [("海新", "海信")]),
        ("信息", []),
        ("公海信号", []),
        ("foo bar", []),
    ],
)
def test_a_name_spelt_by_its_sound_is_known(
    text: str, corrections: list[tuple[str, str]], sounds: Sounds
) -> None:
    assert list(sounds.corrections(text)) == corrections


def test_a_sound_that_two_names_share_stands_for_neither() -> None:
    assert list(Sounds.of(["同心源", "同欣源"]).corrections("同芯源")) == []


def test_another_word_of_the_same_sound_is_no_misspelling() -> None:
    assert list(Sounds.of(["时事报"]).corrections("实施抱")) == []


@pytest.fixture(scope="module")
def questions() -> Understanding:
    entities = [Entity("company:澳柯玛", "Company", "澳柯玛", ("澳柯玛",))]
    return Understanding.of(entities, Knowledge())


def test_the_corrected_name_is_the_entity_that_is_asked_for(questions: Understanding) -> None:
    understood = questions.understand("澳柯马有什么项目")
    assert understood.entities == ("company:澳柯玛",)
    assert understood.corrected == (("澳柯马", "澳柯玛"),)


def test_everyday_words_bring_the_words_of_plans(questions: Understanding) -> None:
    understood = questions.understand("企业怎么少交税")
    assert "税收优惠" in understood.expanded
    assert understood.text == "企业怎么少交税"


def test_words_that_the_question_has_are_not_added(questions: Understanding) -> None:
    assert "税收优惠" not in questions.understand("交税和税收优惠").expanded


def test_one_character_is_an_everyday_word_only_by_itself(questions: Understanding) -> None:
    assert questions.understand("教育经费").expanded == ()


def test_a_user_adds_everyday_words(tmp_path: Path) -> None:
    (tmp_path / "thesaurus.toml").write_text('"打水漂" = ["资金浪费"]\n', encoding="utf-8")
    questions = Understanding.of([], Knowledge().with_folder(tmp_path))
    assert questions.understand("钱打水漂了").expanded == ("资金浪费",)
    assert "税收优惠" in questions.understand("少交税").expanded


def test_plain_takes_a_question_as_mere_words(service: KnowledgeService) -> None:
    question = "工业科9月份要做什么"
    assert service.search(question)["understood"]["sections"] == ["工业科"]
    plain = service.search(question, plain=True)["understood"]
    assert (plain["sections"], plain["months"], plain["entities"]) == ([], [], [])
    assert plain["text"] == question


# Judged questions


def write(path: Path, questions: object) -> Path:
    path.write_text(json.dumps(questions, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[", "JSON"),
        ("[]", "没有问题"),
        ('[{"kind": "x"}]', "第 1 个问题"),
        ('[{"query": "a", "items": 3}]', "第 1"),
    ],
)
def test_a_file_of_something_else_is_refused(content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "q.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(NotQuestions, match=says):
        read_questions(path)


def test_a_report_has_every_system_and_kind(service: KnowledgeService, tmp_path: Path) -> None:
    found = service.search("哪些事项涉及区块链", level="item")["hits"]
    path = write(
        tmp_path / "q.json",
        [
            {"kind": "topic", "query": "哪些事项涉及区块链", "items": {found[0]["key"]: 2}, "steps": {}},
            {"kind": "none", "query": "幼儿园什么时候招生", "items": {}, "steps": {}, "no_answer": True},
        ],
    )
    report = evaluate(service.engine, read_questions(path))
    assert report["questions"] == 2
    assert set(report["systems"]) == {
        "full",
        "bm25",
        "dense",
        "sum",
        "without understanding",
        "without graph",
    }
    full = report["systems"]["full"]
    assert set(full) == {"all", "topic", "none"}
    assert full["topic"]["items.ndcg"] == 1.0
    assert full["none"]["refused_rightly"] == 1.0
    assert full["topic"]["refused_wrongly"] == 0.0
    assert 0 <= full["topic"]["items.ndcg.interval"][0] <= full["topic"]["items.ndcg.interval"][1] <= 1


def test_the_command_prints_a_table_and_refuses_other_files(
    command: Callable[..., tuple[int, str, str]], workspace: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "x.json"
    broken.write_text("{}", encoding="utf-8")
    status, out, err = command("evaluate", broken, "--workspace", workspace)
    assert (status, out) == (3, "")
    assert "没有问题" in err


def test_our_own_judged_questions_name_what_the_sample_holds(service: KnowledgeService) -> None:
    path = Path(__file__).parents[2] / "bench" / "questions" / "xihaian-2021.json"
    items = service.items("xihaian-2021")
    steps = {step["key"] for item in items for step in item["steps"]}
    numbers = {str(item["no"]) for item in items}
    for question in read_questions(path).searches:
        assert set(question.items) <= numbers
        assert set(question.steps) <= steps
        assert question.no_answer == (not question.items and not question.steps)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("7月以后公示什么", (7, 8, 9, 10, 11, 12)),
        ("3月前完成什么", (1, 2, 3)),
        ("年底前竣工的项目", ()),
        ("年底竣工的项目", (12,)),
        ("9月份的任务", (9,)),
    ],
)
def test_periods_with_one_end_are_understood(
    text: str, months: tuple[int, ...], questions: Understanding
) -> None:
    assert questions.understand(text).months == months


def test_an_office_is_asked_for_without_its_rank() -> None:
    entities = [Entity("organization:区财政局", "Organization", "区财政局", ("区财政局",))]
    understood = Understanding.of(entities, Knowledge()).understand("和财政局一起做的工作")
    assert understood.entities == ("organization:区财政局",)
