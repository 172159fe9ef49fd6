"""A build on the disk holds what was written, and gives it back piece by piece."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from api.errors import WorkspaceError
from api.service import KnowledgeService
from api.workspace.records import DocumentRecords, write_records
from kg.analysis import Network
from kg.analysis.arrays import named_arrays
from kg.analysis.joining import NetworkArrays
from kg.knowledge import Knowledge
from kg.model import DocumentShare, Plan
from kg.pipeline import shares
from tests.api.support import FACTORY, STATIONS, plan


@pytest.fixture(scope="module")
def share(sample_plan: Plan, knowledge: Knowledge) -> DocumentShare:
    (document,), _ = shares([sample_plan], knowledge)
    return document


def test_a_document_is_what_was_written(share: DocumentShare, tmp_path: Path) -> None:
    write_records(tmp_path / "one", share)
    records = DocumentRecords(tmp_path / "one")
    assert records.share == share
    assert records.sizes[:2] == (len(share.plan.items), sum(len(item.steps) for item in share.plan.items))


def test_single_records_are_those_of_the_whole(share: DocumentShare, tmp_path: Path) -> None:
    write_records(tmp_path / "one", share)
    records = DocumentRecords(tmp_path / "one")
    for number in (0, 7, len(share.plan.items) - 1):
        assert records.item(number) == share.plan.items[number]
    for number in range(0, len(share.facts), 97):
        assert records.fact(number) == share.facts[number]
    for number in range(0, len(share.mentions), 31):
        assert records.mention(number) == share.mentions[number]


def test_equal_shares_give_equal_bytes(share: DocumentShare, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_records(tmp_path / name, share)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("content", [None, b"", b"no database", b"SQLite format 3\x00"])
def test_a_damaged_file_is_told_in_a_sentence(
    share: DocumentShare, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "one").write_bytes(content)
    with pytest.raises(WorkspaceError, match="--rebuild"):
        _ = DocumentRecords(tmp_path / "one").text


def test_the_network_on_the_disk_is_the_one_in_memory(service: KnowledgeService) -> None:
    snapshot = service.snapshot
    made = Network.of(snapshot.plans, snapshot.entities, snapshot.facts, snapshot.mentions)
    stored = named_arrays(NetworkArrays(**{name: getattr(snapshot.network, name) for name in _ARRAYS}))
    for name, array in named_arrays(NetworkArrays(**{n: getattr(made, n) for n in _ARRAYS})).items():
        if name != "numbers" and not name.startswith(("showings", "shown_by")):
            np.testing.assert_array_equal(array, stored[name], err_msg=name)
    assert list(made.facts) == list(snapshot.network.facts)
    assert list(made.steps) == list(snapshot.network.steps)
    assert list(made.targets) == list(snapshot.network.targets)


_ARRAYS = tuple(NetworkArrays.__dataclass_fields__)


def test_a_fact_that_two_documents_show_has_the_evidence_of_both(
    service: KnowledgeService, tmp_path: Path
) -> None:
    kg = KnowledgeService(service.settings.model_copy(update={"workspace": tmp_path}))
    kg.encoder = service.encoder
    row = [*FACTORY[:1], "实施技术改造，推进海尔智慧工厂项目建设。", *FACTORY[2:]]
    kg.ingest_bytes("one.txt", plan(row).encode())
    kg.ingest_bytes("two.txt", plan(row, STATIONS).encode())
    network = kg.snapshot.network
    between = [fact for fact in network.facts if len({span.document for span in fact.evidence}) > 1]
    assert between
    assert sorted(between, key=lambda f: (f.head, f.relation, f.tail)) == [
        fact for fact in kg.snapshot.facts if len({span.document for span in fact.evidence}) > 1
    ]
