"""Generated plan files: read as plans, with the steps that were wanted, and the same every time."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.plan_files import PLAN, plan_files, write_plans
from kg.knowledge import Knowledge
from kg.model import Plan
from kg.pipeline import extract, plan_of


def _read(name: str, data: bytes, knowledge: Knowledge) -> Plan:
    return plan_of(data, name, name, "0" * 64, knowledge)


@pytest.mark.parametrize("steps", [1, 40, PLAN, PLAN + 13])
def test_plans_have_the_steps_that_were_wanted(steps: int, knowledge: Knowledge) -> None:
    files = list(plan_files(steps))
    plans = [_read(file.name, file.text.encode(), knowledge) for file in files]
    found = [[step.text for item in plan.items for step in item.steps] for plan in plans]
    assert found == [list(file.steps) for file in files]
    assert sum(map(len, found)) == steps
    assert len({file.name for file in files}) == len(files)


def test_steps_lie_in_their_months_and_items_have_a_section(knowledge: Knowledge) -> None:
    plan = _read("计划.csv", next(plan_files(24)).text.encode(), knowledge)
    assert [step.months for step in plan.items[1].steps] == [(month,) for month in range(1, 13)]
    assert all(item.section and item.section.name.endswith("科") for item in plan.items)


def test_texts_differ_and_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    texts = [step for plan in plan_files(10 * PLAN) for step in plan.steps]
    assert len(set(texts)) > 0.97 * len(texts)
    written = write_plans(30, tmp_path / "plans")
    assert [path.read_text(encoding="utf-8") for path in written] == [plan.text for plan in plan_files(30)]
    assert next(plan_files(30, seed=1)).text != next(plan_files(30, seed=2)).text


def test_names_in_plans_are_recognised(knowledge: Knowledge) -> None:
    found = extract([_read("计划.csv", next(plan_files(60)).text.encode(), knowledge)], knowledge)
    assert {"Company", "Topic", "Place"} <= {entity.type for entity in found.entities}
