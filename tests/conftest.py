"""Shared by all tests: offline, one unpacked model, one workspace built from the sample plan."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import is_hypothesis_test, settings

from api import open_workspace
from api.service import KnowledgeService
from kg.knowledge import Knowledge
from kg.model import Plan
from kg.pipeline import Extraction, extract, plan_of

# A model hub cannot be reached and must not be asked.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
# How many examples hypothesis tries: few at every run, many in `make slow`.
settings.register_profile("fast", max_examples=30, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What hypothesis feeds is worth many more examples now and then."""
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("thorough")


SAMPLE = Path(__file__).parent.parent / "data" / "xihaian-2021.txt"


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return Knowledge()


@pytest.fixture(scope="session")
def sample_plan(knowledge: Knowledge) -> Plan:
    return plan_of(SAMPLE.read_bytes(), SAMPLE.name, SAMPLE.stem, "0" * 64, knowledge)


@pytest.fixture(scope="session")
def sample(sample_plan: Plan, knowledge: Knowledge) -> Extraction:
    """Everything extracted from the sample plan, without a model or a workspace."""
    return extract([sample_plan], knowledge)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeService:
    """A service over a workspace that holds the sample plan; tests must not change it."""
    workspace = tmp_path_factory.mktemp("sample") / "workspace"
    kg = open_workspace(workspace)
    kg.ingest([SAMPLE])
    return kg
