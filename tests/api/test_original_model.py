"""The sample from file to answer with the sentence-transformers way in, beside the default."""

from pathlib import Path

import pytest

from api import open_workspace
from api.service import KnowledgeService
from api.settings import Settings
from embeddings.bundled import ensure_bundled

SAMPLE = Path(__file__).parent.parent.parent / "data" / "xihaian-2021.txt"
QUESTIONS = ("人才引进有哪些安排", "涉及轴承产业的工作", "营商环境怎么优化", "跟高校合作的任务")


@pytest.mark.slow
def test_the_sample_goes_through_with_the_original_model(tmp_path: Path, service: KnowledgeService) -> None:
    folder = str(ensure_bundled(Settings().model_cache))
    original = open_workspace(tmp_path / "workspace", model=folder)
    original.ingest([SAMPLE])
    assert original.encoder.name == folder
    assert original.encoder.fingerprint != service.encoder.fingerprint
    for question in QUESTIONS:
        ours, theirs = (
            [hit.key for hit in kg.search(question, level="item").hits[:3]] for kg in (service, original)
        )
        assert ours[0] in theirs
        assert len(set(ours) & set(theirs)) >= min(2, len(ours))
