"""Decisions of a curator: applied, durable, reversible, and never lost by a re-ingest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.errors import BadRequest, WorkspaceError
from api.service import KnowledgeService
from kg.errors import NotFound
from tests.api.support import write

ROWS = """重点工作推进表

\t序号
\t内容
\t实施步骤
\t责任科室

\t1
\t支持海尔、蓝湾等企业扩产，推进蓝湾海藻多糖提取项目。
\t3月：走访蓝湾生物。

6月：海信竣工投产。
\t工业科

\t2
\t建设区域创新平台。
\t4月：走访海尔集团。
\t科技科
"""


@pytest.fixture
def curated(fresh: KnowledgeService, tmp_path: Path) -> KnowledgeService:
    fresh.ingest([write(tmp_path / "rows.txt", ROWS)])
    return fresh


def names(kg: KnowledgeService, type_: str = "Company") -> set[str]:
    return {e["name"] for e in kg.entities(type_)}


def test_a_merge_holds_after_a_reingest_and_can_be_undone(curated: KnowledgeService, tmp_path: Path) -> None:
    assert {"海尔", "海信"} <= names(curated)
    done = curated.curator.merge("海信", "海尔", "李明")
    assert "海信" not in names(curated)
    assert "海信" in curated.entity("海尔")["aliases"]
    assert curated.entity("海尔")["reasons"]["海信"] == "人工合并"
    write(tmp_path / "rows.txt", ROWS.replace("6月：海信竣工投产", "7月：海信竣工投产"))
    curated.ingest([tmp_path / "rows.txt"])
    assert "海信" not in names(curated)
    curated.curator.undo(done["decision"]["id"], "王芳")
    assert {"海尔", "海信"} <= names(curated)
    (decision,) = curated.curator.decisions()
    assert (decision["who"], decision["undone_by"], decision["in_force"]) == ("李明", "王芳", False)
    assert decision["when"].startswith("20")


def test_entities_of_two_types_are_not_merged(curated: KnowledgeService) -> None:
    with pytest.raises(BadRequest, match="retype"):
        curated.curator.merge("海尔", "工业科", "李明")
    assert curated.curator.decisions() == []


def test_a_split_lets_an_alias_stand_alone(curated: KnowledgeService) -> None:
    assert "海尔集团" in curated.entity("海尔")["aliases"]
    curated.curator.split("海尔", "海尔集团", "李明")
    assert {"海尔", "海尔集团"} <= names(curated)
    with pytest.raises(NotFound):
        curated.curator.split("海尔", "海尔集团", "李明")


def test_one_mention_is_rejected_and_the_others_stay(curated: KnowledgeService, tmp_path: Path) -> None:
    first, *others = [m for m in curated.mentions() if m["surface"] == "海尔"]
    curated.curator.reject_mention("rows", first["start"], first["end"], "李明")
    left = [m["start"] for m in curated.mentions() if m["surface"] == "海尔"]
    assert left == [m["start"] for m in others]
    # The words around it tell where it is when the document has grown.
    write(tmp_path / "rows.txt", "附注\n" + ROWS)
    curated.ingest([tmp_path / "rows.txt"])
    assert len([m for m in curated.mentions() if m["surface"] == "海尔"]) == len(others)


def test_a_name_is_rejected_everywhere(curated: KnowledgeService) -> None:
    curated.curator.reject("海信", "海信", "李明")
    assert "海信" not in names(curated)


def test_renaming_and_retyping(curated: KnowledgeService) -> None:
    curated.curator.rename("海信", "海信集团公司", "李明")
    assert curated.entity("海信")["id"] == "company:海信集团公司"
    curated.curator.retype("海信", "Organization", "李明")
    assert curated.entity("海信")["type"] == "Organization"


def test_an_added_name_is_found_and_an_added_alias_joined(curated: KnowledgeService) -> None:
    curated.curator.add_name("Platform", "区域创新平台", [], "李明")
    assert "区域创新平台" in names(curated, "Platform")
    curated.curator.add_alias("海信", "竣工投产", "李明")
    assert "竣工投产" in curated.entity("海信")["aliases"]


def test_a_decision_that_cannot_be_built_is_not_kept(
    curated: KnowledgeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = names(curated)
    with monkeypatch.context() as broken:
        broken.setattr(
            "api.workspace.builder.write_build", lambda *_: (_ for _ in ()).throw(OSError(28, "full"))
        )
        with pytest.raises(Exception, match="full"):
            curated.curator.merge("海信", "海尔", "李明")
    assert curated.curator.decisions() == []
    assert names(curated) == before


def test_damaged_decisions_are_refused_rather_than_forgotten(curated: KnowledgeService) -> None:
    curated.curator.merge("海信", "海尔", "李明")
    write(curated.workspace.decisions, "{")
    with pytest.raises(WorkspaceError):
        curated.curator.decisions()


def test_the_history_is_a_line_a_decision(curated: KnowledgeService) -> None:
    curated.curator.rename("海信", "海信公司", "李明")
    (line,) = curated.workspace.decisions.read_text("utf-8").splitlines()
    assert json.loads(line)["who"] == "李明"


def test_review_lists_names_that_look_alike_by_score(service: KnowledgeService) -> None:
    found = service.curator.review()
    scores = [entry["score"] for entry in found if entry["kind"] == "duplicate"]
    assert scores
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= entry["score"] <= 1 for entry in found)
