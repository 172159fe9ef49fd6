"""Ids: what they are made of can be taken apart again."""

from __future__ import annotations

import pytest

from kg.model import NodeId, document_id, entity_id, item_id, parse_id, step_id, target_id


@pytest.mark.parametrize(
    ("node", "kind", "document", "local"),
    [
        (item_id("计划", 13), "item", "计划", "13"),
        (step_id("计划", "13:8"), "step", "计划", "13:8"),
        (target_id("计划", 13, 2), "target", "计划", "13/2"),
        (target_id("区/计划", 13, 2), "target", "区/计划", "13/2"),
    ],
)
def test_what_belongs_to_a_document(node: str, kind: str, document: str, local: str) -> None:
    found = parse_id(node)
    assert (found.kind, found.document, found.local) == (kind, document, local)


def test_a_name_keeps_its_own_colons() -> None:
    assert parse_id(entity_id("Company", "甲:乙")) == NodeId("company", "甲:乙")
    assert parse_id(document_id("甲:乙")) == NodeId("document", "甲:乙")


def test_a_text_that_is_no_id_has_no_kind() -> None:
    assert parse_id("海尔") == NodeId("", "海尔")
