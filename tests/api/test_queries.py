"""Queries that are asked again: run as they are, or refused in one sentence; never half of one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.answers.answering import ANSWERS
from api.errors import BadRequest, outcome_of
from api.questions.lexicon import shipped_lexicon
from api.questions.query import FIELDS, INTENTS, PHASES, Query
from api.schemas.answers import Intent
from api.service import KnowledgeService
from kg.errors import KgError, NotFound
from tests.api.support import STATIONS, is_one_sentence, opened, plan, write

Command = Callable[..., tuple[int, str, str]]

UNFIT: dict[str, tuple[dict[str, Any], str]] = {
    "no intent": ({"months": [3]}, "intent"),
    "unknown intent": ({"intent": "fly"}, "intent 应为"),
    "a field more": ({"intent": "items", "colour": 1}, "colour"),
    "trace of nothing": ({"intent": "trace"}, "entities"),
    "impact of nothing": ({"intent": "impact"}, "entities"),
    "entities of no kind": ({"intent": "entities"}, "kinds"),
    "unknown kind": ({"intent": "entities", "kinds": ["Banana"]}, "kinds 应为 Company"),
    "lacking nothing": ({"intent": "lacking"}, "lacking"),
    "unknown field": ({"intent": "lacking", "lacking": "colour"}, "lacking 应为 hotline"),
    "nothing to compare": ({"intent": "compare"}, "两个"),
    "one to compare": ({"intent": "compare", "sections": ["工业科"]}, "两个"),
    "month 15": ({"intent": "items", "months": [15]}, "months 应在 1 到 12 之间"),
    "month 0": ({"intent": "items", "months": [0]}, "months 应在 1 到 12 之间"),
    "item 0": ({"intent": "items", "items": [0]}, "items"),
    "negative item": ({"intent": "items", "items": [-1]}, "items"),
    "by month 13": ({"intent": "targets", "by": 13}, "by 应在 1 到 12 之间"),
    "no delay": ({"intent": "impact", "items": [1], "delay": 0}, "delay 应在 1 到"),
    "endless delay": ({"intent": "impact", "items": [1], "delay": 10**30}, "delay"),
    "unknown phase": ({"intent": "when", "phase": "middle"}, "phase 应为 start、finish 之一"),
    "negative bound": ({"intent": "targets", "at_least": -1}, "at_least"),
    "infinite bound": ({"intent": "targets", "at_most": float("inf")}, "at_most"),
    "no number": ({"intent": "targets", "at_least": float("nan")}, "at_least"),
    "a text for numbers": ({"intent": "items", "months": "三月"}, "months 应为列表"),
    "a text for a number": ({"intent": "items", "items": ["一"]}, "items 应为整数"),
    "a number for a text": ({"intent": "items", "text": 5}, "text 应为文字"),
    "a number for yes": ({"intent": "items", "count": 5}, "count 应为 true 或 false"),
    "words without words": ({"intent": "items", "words": [[]]}, "words"),
    "an empty word": ({"intent": "items", "words": [[""]]}, "words"),
    "a long text": ({"intent": "search", "text": "长" * 5000}, "text 最长"),
    "many months": ({"intent": "items", "months": [1] * 1001}, "months 最多"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_query_that_cannot_be_run_is_refused(service: KnowledgeService, name: str) -> None:
    query, says = UNFIT[name]
    with pytest.raises(BadRequest) as caught:
        service.ask(json.dumps(query, ensure_ascii=False))
    assert is_one_sentence(str(caught.value))
    assert says in str(caught.value)


@pytest.mark.parametrize("text", ["{", "{}", "{]", '{"intent": "items"', "{" * 5000, '{"intent": null}'])
def test_what_is_no_query_at_all_is_refused(service: KnowledgeService, text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        service.ask(text)
    assert is_one_sentence(str(caught.value))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"intent": "items", "entities": ["company:没有这家"]}, "没有这家"),
        ({"intent": "items", "entities": ["company:海尔", "company:没有这家"]}, "没有这家"),
        ({"intent": "trace", "entities": ["item:xihaian-2021/1"]}, "item:xihaian-2021/1"),
        ({"intent": "items", "sections": ["财务科"]}, "财务科"),
        ({"intent": "items", "document": "没有这份"}, "没有这份"),
    ],
)
def test_what_this_build_does_not_have_is_named_and_never_left_out(
    service: KnowledgeService, query: dict[str, Any], says: str
) -> None:
    with pytest.raises(NotFound) as caught:
        service.ask(json.dumps(query, ensure_ascii=False))
    assert is_one_sentence(str(caught.value))
    assert says in str(caught.value)


def test_the_command_line_refuses_it_too(command: Command, workspace: Path) -> None:
    code, out, err = command("ask", '{"intent":"trace"}', "--workspace", workspace)
    assert (code, out) == (2, "")
    assert is_one_sentence(err)
    code, out, err = command("ask", '{"intent":"items","sections":["财务科"]}', "--workspace", workspace)
    assert (code, out) == (4, "")
    assert is_one_sentence(err)


def test_an_entity_of_a_query_may_be_called_by_its_name(service: KnowledgeService) -> None:
    by_id = service.ask('{"intent":"trace","entities":["company:海尔"]}')
    by_name = service.ask('{"intent":"trace","entities":["海尔"]}')
    assert (by_name["items"], by_name["query"]) == (by_id["items"], by_id["query"])


def test_a_section_that_is_there_is_not_called_unknown(service: KnowledgeService) -> None:
    with pytest.raises(BadRequest, match="工业科"):
        service.ask('{"intent":"items","unknown_section":"工业科"}')


def test_a_document_narrows_a_query_that_is_asked_again(service: KnowledgeService) -> None:
    query = '{"intent":"items","sections":["工业科"]}'
    assert json.loads(service.ask(query, "xihaian-2021.txt")["query"])["document"] == "xihaian-2021"


def test_comparing_all_sections_names_them_in_the_query(service: KnowledgeService) -> None:
    answer = service.ask("哪个科室的事项最多")
    assert answer["intent"] == "compare"
    assert len(json.loads(answer["query"])["sections"]) > 1
    assert service.ask(answer["query"])["text"] == answer["text"]


def test_where_there_is_but_one_section_it_is_told(service: KnowledgeService, tmp_path: Path) -> None:
    kg = opened(tmp_path / "workspace", service)
    kg.ingest([write(tmp_path / "stations.txt", plan(STATIONS))])
    answer = kg.ask("哪个科室的事项最多")
    assert "信息化科" in answer["text"]
    assert kg.ask(answer["query"])["text"] == answer["text"]


def test_words_of_queries_are_those_of_the_answers_and_of_the_lexicon() -> None:
    from typing import get_args

    assert set(INTENTS) == set(get_args(Intent)) == set(ANSWERS)
    assert set(PHASES) == set(shipped_lexicon().ask["phases"])
    assert set(FIELDS) == set(shipped_lexicon().ask["fields"])


# Anything at all

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
MONTHS = st.integers(1, 12)
ENTITIES = ["company:海尔", "company:海信", "topic:人工智能", "platform:西门子创新中心"]
FITTING = {
    "intent": st.sampled_from(INTENTS),
    "entities": st.lists(st.sampled_from(ENTITIES), max_size=3),
    "sections": st.lists(st.sampled_from(["工业科", "高新科", "信息化科"]), max_size=3),
    "months": st.lists(MONTHS, max_size=3),
    "items": st.lists(st.integers(1, 30), max_size=3),
    "kinds": st.lists(st.sampled_from(["Company", "Project", "PolicyDocument"]), min_size=1, max_size=2),
    "words": st.lists(st.lists(st.sampled_from(["基站", "产值", "火星"]), min_size=1), max_size=2),
    "text": st.sampled_from(["工业互联网", "怎么帮企业融资", "", "甲"]) | st.text(max_size=8),
    "unknown_section": st.sampled_from(["", "财务科"]),
    "document": st.sampled_from(["xihaian-2021", "xihaian-2021.txt"]),
    "at_least": st.floats(0, 1e6) | st.floats(),
    "at_most": st.floats(0, 1e6) | st.floats(),
    "unit": st.sampled_from(["", "家", "亿元"]),
    "by": MONTHS,
    "phase": st.sampled_from(["", "start", "finish"]),
    "delay": st.integers(1, 120),
    "whole_item": st.booleans(),
    "everything": st.booleans(),
    "of_steps": st.booleans(),
    "count": st.booleans(),
    "lacking": st.sampled_from(FIELDS),
}
SOME = st.sets(st.sampled_from(sorted(FITTING)), max_size=5).flatmap(
    lambda names: st.fixed_dictionaries({name: FITTING[name] for name in {"intent", *names}})
)


def test_every_field_of_a_query_is_tried() -> None:
    assert FITTING.keys() == {field.name for field in fields(Query)}


def asked(service: KnowledgeService, query: dict[str, Any]) -> None:
    """An answer that its own query gives again, or one sentence of a refusal."""
    try:
        answer = service.ask(json.dumps(query))
    except KgError as error:
        refusal: KgError = error
    else:
        again = service.ask(answer["query"])
        assert again.plain() | {"question": answer["question"]} == answer.plain()
        return
    assert outcome_of(refusal).exit_status in (2, 4)
    assert is_one_sentence(str(refusal).replace("\n", ""))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(SOME)
def test_any_likely_query_is_answered_or_refused(service: KnowledgeService, query: dict[str, Any]) -> None:
    asked(service, query)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(sorted(FITTING)), JUNK, max_size=4))
def test_any_object_is_answered_or_refused(service: KnowledgeService, query: dict[str, Any]) -> None:
    asked(service, query)
