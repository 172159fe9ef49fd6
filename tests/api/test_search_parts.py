"""The parts of search by themselves: periods, kinds, certainty, ranking, highlights, the learned bar."""

from __future__ import annotations

import numpy as np
import pytest

from api.indexing.passages import own_texts
from api.questions.lexicon import shipped_lexicon
from api.questions.periods import Periods
from api.questions.understanding import Understanding, Understood
from api.search.answerable import Model
from api.search.catalogue import POSSIBLE, Catalogue
from api.search.certainty import distinguishing, name_of
from api.search.filters import Filters, fitting
from api.search.ranking import ordered, total, with_best_step
from api.search.results import highlights
from kg.analysis import Network
from kg.analysis.strings import Strings
from kg.knowledge import Knowledge
from kg.model import (
    Document,
    Entity,
    EntityType,
    Fact,
    Item,
    Mention,
    Plan,
    Responsible,
    Span,
    Step,
    entity_id,
)
from kg.plan.schedule import Calendar
from kg.relations import relate


@pytest.fixture(scope="module")
def periods() -> Periods:
    return Periods.of(
        Calendar.of(Knowledge()),
        shipped_lexicon().question["periods"],
        shipped_lexicon().question["whole_year"]["patterns"],
    )


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("8月份做什么", (8,)),
        ("八九月份做什么", (8, 9)),
        ("一、二季度的任务", (1, 2, 3, 4, 5, 6)),
        ("三到五月", (3, 4, 5)),
        ("q3的任务", (7, 8, 9)),
        ("第四季度", (10, 11, 12)),
        ("后半年", (7, 8, 9, 10, 11, 12)),
        ("年初要做什么", (1,)),
        ("年底竣工", (12,)),
        ("9月底前完成", (1, 2, 3, 4, 5, 6, 7, 8, 9)),
        ("10月以后", (10, 11, 12)),
        ("国庆节以后", (10, 11, 12)),
        ("in september", (9,)),
        ("半年、前三季度、全年各多少", ()),
        ("年底前完成", ()),
        ("一月到十二月", ()),
        ("人工智能", ()),
        ("faq3", ()),
    ],
)
def test_a_period_is_its_months(text: str, months: tuple[int, ...], periods: Periods) -> None:
    assert periods.taken_from(text)[0] == months


def test_a_period_is_taken_out_of_the_text(periods: Periods) -> None:
    assert periods.taken_from("9月份验收什么")[1].split() == ["验收什么"]


@pytest.fixture(scope="module")
def questions() -> Understanding:
    return Understanding.of([Entity("section:工业科", "Section", "工业科", ("工业科",))], Knowledge())


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("建了哪些平台", ("Platform",)),
        ("涉及的政策文件有哪些", ("PolicyDocument",)),
        ("什么时候办培训", ()),
        ("培训有哪些", ("Event",)),
        ("产值目标是多少", ("Target",)),
        ("今年要新建几个基站", ("Target",)),
        ("推进重点项目", ()),
    ],
)
def test_kinds_asked_for(text: str, kinds: tuple[str, ...], questions: Understanding) -> None:
    assert questions.understand(text).kinds == kinds


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("13号事项进展", (13,)),
        ("第3项", (3,)),
        ("事项12的责任科室", (12,)),
        ("第十二项事项", (12,)),
        ("第二十一个事项", (21,)),
        ("事项12月份安排", ()),
        ("27个事项", ()),
    ],
)
def test_items_asked_for(text: str, items: tuple[int, ...], questions: Understanding) -> None:
    assert questions.understand(text).items == items


@pytest.mark.parametrize(
    ("text", "whole"), [("哪些事项涉及人工智能", True), ("列出海尔的项目", True), ("海尔什么时候开工", False)]
)
def test_a_question_for_a_whole_set(text: str, whole: bool, questions: Understanding) -> None:
    assert questions.understand(text).whole_set is whole


@pytest.mark.parametrize("text", ["全年给企业办的培训有哪些", "今年该在哪里办", "帮企业办"])
def test_a_verb_is_no_section(text: str, questions: Understanding) -> None:
    assert questions.understand(text).unknown_section is None


@pytest.mark.parametrize("text", ["财务科10月要做什么", "督查办负责哪些事项"])
def test_a_section_that_nobody_has_is_named(text: str, questions: Understanding) -> None:
    assert questions.understand(text).unknown_section in ("财务科", "督查办")


def test_everyday_words_that_no_document_has_a_word_for_are_left_out() -> None:
    known = Understanding.of([], Knowledge(), lambda word: word == "税收")
    assert known.understand("企业少交税").expanded == ("税收",)
    assert known.understand("挖土机").everyday == ()


def test_latin_letters_are_an_everyday_word_only_by_themselves() -> None:
    assert Understanding.of([], Knowledge()).understand("retail").expanded != ()
    assert Understanding.of([], Knowledge()).understand("kpiretailx").expanded == ()


# Records


def span(start: int) -> Span:
    return Span("d", 1, start, start + 1)


def item(no: int, section: str, *months: tuple[int, ...]) -> Item:
    steps = tuple(Step(f"{no}:{m[0]}", None, m, None, f"步骤{m[0]}", span(no * 100 + m[0])) for m in months)
    return Item(
        "d", no, True, f"内容{no}", None, None, None, span(no), span(no), steps,
        responsible=(Responsible(section, "lead", span(no)),),
    )  # fmt: skip


def mention(entity: str, no: int, step: str | None = None, surface: str = "海尔") -> Mention:
    where = "step" if step else "content"
    return Mention(span(no), surface, "Company", where, no, step, "ner", 1.0, entity, "海尔")  # type: ignore[arg-type]


def entity(type_: EntityType, name: str) -> Entity:
    return Entity(entity_id(type_, name), type_, name, (name,))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    items = (item(1, "工业科", (3,), (9,)), item(2, "人才科", (9, 10)))
    plan = Plan(Document("d", "d.txt", "", 2021, "0" * 64), "", None, items)
    mentions = [
        mention("company:海尔", 1, "1:9"),
        mention("project:工厂", 1, "1:3"),
        mention("company:海尔", 2, surface="海尔集团"),
    ]
    facts = [Fact("project:工厂", "operated_by", "company:海尔", (span(0),))]
    facts += relate([plan], mentions, {}, Knowledge())
    network = Network.of([plan], [entity("Company", "海尔"), entity("Project", "工厂")], facts, mentions)
    return Catalogue(network, Strings.of(own_texts(plan)))


def test_places_are_the_order_of_the_documents(catalogue: Catalogue) -> None:
    assert [step.key for step in catalogue.steps] == ["1:3", "1:9", "2:9"]
    assert catalogue.item_of.tolist() == [0, 0, 1]
    assert catalogue.step_place("d", "2:9") == 2


def test_who_speaks_of_an_entity_and_how_certainly(catalogue: Catalogue) -> None:
    touched = catalogue.involvement("company:海尔")
    assert [(int(p), name_of(c)) for p, c in zip(touched.steps.places, touched.steps.codes, strict=True)] == [
        (0, "inferred"),
        (1, "stated"),
    ]
    assert [name_of(code) for code in touched.items.codes] == ["stated", "alias"]
    assert touched.titled.tolist() == [False, True]


@pytest.mark.parametrize(
    ("understood", "filters", "steps", "items"),
    [
        (Understood(""), Filters(), [1, 1, 1], [1, 1]),
        (Understood("", sections=("工业科",)), Filters(), [1, 1, 0], [1, 0]),
        (Understood("", months=(10,)), Filters(), [0, 0, 1], [0, 1]),
        (Understood("", months=(9, 10)), Filters(month=3), [0, 0, 0], [0, 0]),
        (Understood("", items=(2,)), Filters(), [0, 0, 1], [0, 1]),
        (Understood("", items=(2,)), Filters(section="工业科"), [0, 0, 0], [0, 0]),
        (Understood("", sections=("工业科", "人才科")), Filters(month=9), [0, 1, 1], [1, 1]),
        (Understood(""), Filters(document="other"), [0, 0, 0], [0, 0]),
    ],
)
def test_constraints_filter(
    catalogue: Catalogue, understood: Understood, filters: Filters, steps: list[int], items: list[int]
) -> None:
    fits = fitting(catalogue, understood, filters)
    assert fits.steps.astype(int).tolist() == steps
    assert fits.items.astype(int).tolist() == items


def test_an_entity_of_nearly_every_item_narrows_nothing_beside_another(catalogue: Catalogue) -> None:
    assert distinguishing(catalogue, ["company:海尔", "project:工厂"]) == ("project:工厂",)
    assert distinguishing(catalogue, ["company:海尔"]) == ("company:海尔",)
    assert POSSIBLE == 3


# Formulas


def test_signals_are_summed_by_their_weights() -> None:
    parts = {"dense": np.array([1.0, 0.5], np.float32), "lexical": np.array([0.0, 1.0], np.float32)}
    assert total(parts, {"dense": 3, "lexical": 1}).tolist() == pytest.approx([0.75, 0.625])


def test_an_item_is_as_good_as_itself_and_its_best_step_that_fits() -> None:
    items, steps = np.array([0.5, 0.2], np.float32), np.array([1.0, 0.4, 0.9], np.float32)
    owners = np.array([0, 0, 1], np.int32)
    scores = with_best_step(items, steps, owners, np.array([False, True, False]))
    assert scores.tolist() == pytest.approx([0.6 * 0.5 + 0.4 * 0.4, 0.2])


def test_equal_scores_keep_the_order_of_the_documents() -> None:
    scores = np.array([0.1, 0.7, 0.7, 0.9], np.float32)
    fits, none = np.array([True, True, True, False]), np.zeros(4, dtype=bool)
    assert ordered(scores, fits, 4, none).tolist() == [1, 2, 0]
    assert ordered(scores, fits, 1, none).tolist() == [1]
    assert ordered(scores, fits, 1, np.array([True, False, False, False])).tolist() == [1, 0]


def test_highlights_are_joined_where_they_touch() -> None:
    assert highlights("工业互联网和互联网", ["工业", "互联网"]) == ((0, 5), (6, 9))
    assert highlights("工", ["工"]) == ()


def test_the_model_is_a_logistic_function_of_the_signs() -> None:
    model = Model({"similarity": 2.0, "together": 1.0}, -1.0, 0.5)
    assert model.probability({"similarity": 0.5, "together": 0.0}) == pytest.approx(0.5)
    assert model.probability({"similarity": 0.5, "together": 1.0}) == pytest.approx(1 / (1 + np.exp(-1)))


def test_another_encoder_is_judged_by_words_alone() -> None:
    assert (
        "similarity"
        in Model.of(shipped_lexicon().answerable, "bundled:multilingual-e5-small-q4@00000000").weights
    )
    assert set(Model.of(shipped_lexicon().answerable, "BAAI/bge-small-zh-v1.5").weights) == {"together"}
