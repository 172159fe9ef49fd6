"""The whole way: the same input gives the same answer, alone or beside other documents."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from kg.knowledge import Knowledge
from kg.model import Plan
from kg.pipeline import Extraction, extract
from tests.conftest import SAMPLE
from tests.kg.plans import TITLE, flattened, read
from tests.profiles import examples

DIGEST = (
    "import hashlib, sys, pathlib; from kg.knowledge import Knowledge; from kg.pipeline import extract, plan_of; "
    "path = pathlib.Path(sys.argv[1]); knowledge = Knowledge(); "
    "plan = plan_of(path.read_bytes(), path.name, path.stem, '0' * 64, knowledge); "
    "print(hashlib.sha256(repr(extract([plan], knowledge)).encode()).hexdigest())"
)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [str(seed) for seed in range(1, examples(1, 3) + 1)])
def test_another_process_extracts_the_same(seed: str, sample: Extraction) -> None:
    """Sets are ordered by the hash seed; nothing of that may reach an answer."""
    done = subprocess.run(
        [sys.executable, "-c", DIGEST, str(SAMPLE)],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=SAMPLE.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == hashlib.sha256(repr(sample).encode()).hexdigest()


def other_plan() -> Plan:
    rows = [("1", "支持海尔、海信等重点企业发展。", "3月：走访海尔集团。", "工业科")]
    plan = read(flattened(rows))
    return replace(plan, document=replace(plan.document, title=TITLE))


def test_one_name_in_two_documents_is_one_entity(sample_plan: Plan, knowledge: Knowledge) -> None:
    extraction = extract([sample_plan, other_plan()], knowledge)
    assert {m.source.document for m in extraction.mentions if m.entity == "company:海尔"} == {
        "p",
        sample_plan.document.id,
    }


def test_the_order_of_documents_changes_no_entity(sample_plan: Plan, knowledge: Knowledge) -> None:
    one, two = (
        extract([sample_plan, other_plan()], knowledge),
        extract([other_plan(), sample_plan], knowledge),
    )
    assert one.entities == two.entities
    assert one.facts == two.facts


def test_no_document_makes_nothing(knowledge: Knowledge) -> None:
    assert extract([], knowledge) == Extraction((), (), (), ())


def test_progress_is_told_for_every_document(knowledge: Knowledge) -> None:
    reports: list[tuple[int, int]] = []
    extract([other_plan(), other_plan()], knowledge, lambda stage, done, total: reports.append((done, total)))
    assert reports[:2] == [(0, 2), (1, 2)]
