"""A user's files add to ours: lists are joined, tables merged, and the user's word wins."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from kg.errors import KnowledgeFileError
from kg.knowledge import Knowledge
from kg.model import EntityType
from kg.pipeline import Extraction, extract
from kg.recognition import Vocabulary
from tests.kg.plans import flattened, read, steps_of


def with_file(folder: Path, name: str, content: str) -> Knowledge:
    (folder / name).write_text(content, encoding="utf-8")
    return Knowledge().with_folder(folder)


def test_an_empty_folder_changes_nothing(tmp_path: Path) -> None:
    assert Knowledge().with_folder(tmp_path).plan == Knowledge().plan


def test_a_folder_that_does_not_exist_changes_nothing(tmp_path: Path) -> None:
    assert Knowledge().with_folder(tmp_path / "没有").names == Knowledge().names


def test_a_header_of_the_users_own_is_understood(tmp_path: Path) -> None:
    rows = [("1", "办好商贸节。", "3月：选址。", "流通科")]
    text = flattened(rows, ("序号", "内容", "路线图", "责任科室"))
    knowledge = with_file(tmp_path, "plan.toml", '[headers]\nsteps = ["路线图"]\n')
    assert steps_of(read(text, knowledge=knowledge).items[0]) == [((3,), "选址。")]
    assert steps_of(read(text).items[0]) == []


def test_our_own_words_stay_beside_the_users(tmp_path: Path) -> None:
    knowledge = with_file(tmp_path, "plan.toml", '[headers]\nsteps = ["路线图"]\n')
    assert set(Knowledge().plan["headers"]["steps"]) < set(knowledge.plan["headers"]["steps"])


def test_a_period_of_the_users_own_is_dated(tmp_path: Path) -> None:
    knowledge = with_file(tmp_path, "plan.toml", '[periods]\n"春季学期" = [2, 3, 4, 5, 6]\n')
    plan = read(flattened([("1", "办好讲座。", "春季学期：开讲。", "教务科")]), knowledge=knowledge)
    assert steps_of(plan.items[0]) == [((2, 3, 4, 5, 6), "开讲。")]


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    knowledge = with_file(tmp_path, "plan.toml", '\ufeff[headers]\nsteps = ["路线图"]\n')
    assert "路线图" in knowledge.plan["headers"]["steps"]


def test_a_file_that_is_no_toml_is_refused_in_one_sentence(tmp_path: Path) -> None:
    knowledge = with_file(tmp_path, "names.toml", "heads = [")
    with pytest.raises(KnowledgeFileError, match=r"无法解析.*请改正后重试。$"):
        _ = knowledge.names


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gazetteer.toml", '[Company]\n"磐锋" = "磐锋精工"\n'),
        ("plan.toml", '[headers]\nsteps = "路线图"\n'),
        ("plan.toml", '[periods]\n"春季学期" = 3\n'),
        ("relations.toml", '[[nested]]\ninner = ["Place"]\nouter = ["Program"]\n'),
        (
            "relations.toml",
            '[[nested]]\ninner = ["Place"]\nouter = ["Program"]\nrelation = "in"\nrest = "("\n',
        ),
        ("relations.toml", '[participates_in]\ndistance = "远"\n'),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused(name: str, content: str, tmp_path: Path) -> None:
    knowledge = with_file(tmp_path, name, content)
    with pytest.raises(KnowledgeFileError, match=re.escape(name)):
        extract(
            [read(flattened([("1", "办好讲座。", "3月：开讲。", "教务科")]), knowledge=knowledge)], knowledge
        )


def test_a_top_concept_of_a_users_scheme_is_a_topic(tmp_path: Path) -> None:
    turtle = (
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix x: <https://example.org/> .\n"
        'x:t a skos:Concept ; skos:topConceptOf x:s ; skos:prefLabel "贝类育苗"@zh .\n'
    )
    knowledge = with_file(tmp_path, "topics-local.ttl", turtle)
    assert "贝类育苗" in {concept.name for concept in Vocabulary.load(knowledge).concepts}


# Labels


@pytest.mark.parametrize("table", ["types", "measures"])
def test_every_type_has_a_chinese_name_and_a_measure_word(table: str, knowledge: Knowledge) -> None:
    nodes = {"Item", "Step", "Target", "Document", "Month"}
    assert set(knowledge.labels[table]) == {*get_args(EntityType), *nodes}


def test_every_relation_of_the_sample_has_a_chinese_name(sample: Extraction, knowledge: Knowledge) -> None:
    assert {fact.relation for fact in sample.facts} <= set(knowledge.labels["relations"])


def test_a_user_calls_things_by_other_names(tmp_path: Path) -> None:
    knowledge = with_file(tmp_path, "labels.toml", '[types]\nSection = "处室"\n')
    assert knowledge.labels["types"]["Section"] == "处室"
    assert knowledge.labels["types"]["Company"] == "企业"


def test_a_users_rule_of_nested_names_goes_before_ours(tmp_path: Path) -> None:
    text = flattened([("1", "推进海尔工业互联网平台建设。", "3月：选址。", "工业科")])
    rule = '[[nested]]\ninner = ["Company"]\nouter = ["Platform"]\nopens = true\nrelation = "funded_by"\n'
    knowledge = with_file(tmp_path, "relations.toml", rule)
    facts = extract([read(text, knowledge=knowledge)], knowledge).facts
    nested = {(f.relation, f.tail) for f in facts if f.head == "platform:海尔工业互联网平台"}
    assert ("funded_by", "company:海尔") in nested
    assert ("operated_by", "company:海尔") not in nested
