"""The store: published by one atomic step, readable meanwhile, refused where it is damaged."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import api.workspace.build
import api.workspace.store
from api.errors import WorkspaceUnwritable, outcome_of
from api.search.filters import Filters
from api.service import KnowledgeService
from embeddings.blobs import BlobCache
from embeddings.cache import EmbeddingCache
from embeddings.vectors import VectorIndex
from kg.errors import KgError
from tests.api.support import (
    CLI,
    OTHER,
    ROOT,
    STATIONS,
    TINY,
    build_of,
    contents,
    damage,
    is_one_sentence,
    opened,
    plan,
    published,
    run,
    write,
)

Command = Callable[..., tuple[int, str, str]]
STAGES = ["准备语义模型", "读取文件", "识别名称", "汇总名称和事实", "写入记录", "编码 entities"]
NOT_ENCODED = OTHER.replace("人才", "英才")

KILLED = """
import os, signal, sys
from pathlib import Path
from types import SimpleNamespace
from api import open_workspace
from api.search.filters import Filters
from embeddings.sources import find_source
from embeddings.vectors import VectorIndex

kg = open_workspace(sys.argv[1])
source = find_source(None, kg.settings.model_cache)
# All texts are in the cache: the model is only asked for its name, and loading it takes seconds.
kg.encoder = SimpleNamespace(
    name=source.name, fingerprint=source.fingerprint, dimension=384, encode_passages=None
)
save = VectorIndex.save

def save_and_die(index, folder):
    save(index, folder)
    if folder.name == "items.dense":
        os.kill(os.getpid(), signal.SIGKILL)

VectorIndex.save = save_and_die
kg.ingest([Path(sys.argv[2])])
"""


class Stop(Exception):
    """What a test throws into the middle of an ingestion."""


def refused(call: Callable[[], object]) -> KgError:
    """The error of a damaged workspace: exit 5 and one sentence."""
    with pytest.raises(KgError) as caught:
        call()
    assert outcome_of(caught.value).exit_status == 5
    assert is_one_sentence(str(caught.value))
    return caught.value


# Atomic publishing


@pytest.mark.parametrize("stage", STAGES)
def test_a_failure_at_any_stage_leaves_the_published_build(
    kg: KnowledgeService, workspace: Path, tmp_path: Path, service: KnowledgeService, stage: str
) -> None:
    before = published(workspace)

    def fail(name: str, done: int, total: int) -> None:
        if name == stage:
            raise Stop

    with pytest.raises(Stop):
        kg.ingest([write(tmp_path / "other.txt", NOT_ENCODED)], fail)
    assert published(workspace) == before
    assert [d["id"] for d in opened(workspace, service).documents()] == ["tiny"]


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (api.workspace.build, "write_records"),
        (VectorIndex, "save"),
        (EmbeddingCache, "save"),
        (BlobCache, "put_many"),
        (api.workspace.store.os, "replace"),
        (api.workspace.store.os, "fsync"),
    ],
)
def test_a_full_disk_leaves_the_published_build_and_one_sentence(
    kg: KnowledgeService,
    workspace: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: object,
    name: str,
) -> None:
    file = write(tmp_path / "other.txt", NOT_ENCODED)
    before = published(workspace)
    with monkeypatch.context() as disk:
        disk.setattr(owner, name, full)
        with pytest.raises(WorkspaceUnwritable) as caught:
            kg.ingest([file])
    assert is_one_sentence(str(caught.value))
    assert published(workspace) == before
    assert [path.name for path in (workspace / "builds").iterdir()] == [build_of(workspace).name]


@pytest.mark.parametrize("moved", ["build", "state.json"])
def test_a_failure_at_the_last_step_publishes_nothing(
    kg: KnowledgeService, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: str
) -> None:
    file = write(tmp_path / "other.txt", OTHER)
    before = published(workspace)
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        last = target.name == "state.json" if moved == "state.json" else target.parent.name == "builds"
        if last:
            full()
        real(source, target)

    with monkeypatch.context() as disk:
        disk.setattr(api.workspace.store.os, "replace", replace)
        with pytest.raises(WorkspaceUnwritable):
            kg.ingest([file])
    assert published(workspace) == before
    assert len(kg.items()) == 2


def test_a_rebuild_that_fails_leaves_the_published_build(
    kg: KnowledgeService,
    workspace: Path,
    tiny: Path,
    monkeypatch: pytest.MonkeyPatch,
    service: KnowledgeService,
) -> None:
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if target.parent.name == "builds":
            full()
        real(source, target)

    with monkeypatch.context() as disk:
        disk.setattr(api.workspace.store.os, "replace", replace)
        with pytest.raises(WorkspaceUnwritable):
            kg.ingest([tiny / "tiny.txt"], rebuild=True)
    assert len(opened(workspace, service).items()) == 2


def test_a_reader_that_comes_during_a_rebuild_can_read(
    kg: KnowledgeService,
    workspace: Path,
    tiny: Path,
    monkeypatch: pytest.MonkeyPatch,
    service: KnowledgeService,
) -> None:
    real, read = os.replace, []

    def replace(source: Path, target: Path) -> None:
        if target.parent.name == "builds":
            read.append(len(opened(workspace, service).items()))
        real(source, target)

    monkeypatch.setattr(api.workspace.store.os, "replace", replace)
    kg.ingest([tiny / "tiny.txt"], rebuild=True)
    assert read == [2]


def test_a_file_that_is_refused_keeps_all_files_given_with_it_out(
    kg: KnowledgeService, workspace: Path, tmp_path: Path
) -> None:
    before = contents(workspace)
    good, bad = write(tmp_path / "good.txt", OTHER), write(tmp_path / "bad.txt", "今天天气很好。")
    with pytest.raises(KgError, match="bad"):
        kg.ingest([good, bad])
    assert contents(workspace) == before


# The same again


def test_the_same_file_again_changes_nothing(kg: KnowledgeService, workspace: Path, tiny: Path) -> None:
    before, build = contents(workspace), kg.snapshot.build
    touched = (workspace / "state.json").stat()
    result = kg.ingest([tiny / "tiny.txt"])
    assert (result["build"], result["changed"]) == (build, False)
    assert contents(workspace) == before
    assert (workspace / "state.json").stat() == touched


def test_the_same_documents_give_the_same_build_in_any_workspace(
    tiny: Path, fresh: KnowledgeService, tmp_path: Path
) -> None:
    file = write(tmp_path / "elsewhere" / "tiny.txt", TINY)
    assert fresh.ingest([file])["build"] == build_of(tiny / "workspace").name


def test_a_changed_file_replaces_its_document(kg: KnowledgeService, tiny: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "b.txt", OTHER)
    kg.ingest([file])
    write(file, plan(STATIONS))
    assert kg.ingest([file])["documents"][0]["items"] == 1
    assert [(d["id"], d["items"]) for d in kg.documents()] == [("tiny", 2), ("b", 1)]


def test_files_of_the_same_name_get_ids_of_their_own(kg: KnowledgeService, tmp_path: Path) -> None:
    result = kg.ingest([write(tmp_path / "x" / "tiny.txt", OTHER)])
    (other,) = result["documents"]
    assert other["id"] != "tiny"
    assert other["id"].startswith("tiny")


def test_removing_a_document_removes_all_that_it_said(kg: KnowledgeService, tmp_path: Path) -> None:
    alone = kg.snapshot.build
    kg.ingest([write(tmp_path / "other.txt", OTHER)])
    assert "科大讯飞" in {e["name"] for e in kg.entities()}
    assert kg.remove("other").plain() == {"removed": "other", "build": alone}
    assert "科大讯飞" not in {e["name"] for e in kg.entities()}
    assert {m["document"] for m in kg.mentions()} == {"tiny"}


def test_removing_by_a_name_that_two_documents_have_removes_at_most_one(
    kg: KnowledgeService, tmp_path: Path
) -> None:
    kg.ingest([write(tmp_path / "x" / "tiny.txt", OTHER)])
    assert [d["name"] for d in kg.documents()] == ["tiny.txt", "tiny.txt"]
    try:
        kg.remove("tiny.txt")
    except KgError:
        assert len(kg.documents()) == 2
    else:
        assert len(kg.documents()) == 1


def test_a_file_stays_one_document_after_its_bytes_were_uploaded_too(
    kg: KnowledgeService, tmp_path: Path
) -> None:
    file = write(tmp_path / "other.txt", OTHER)
    kg.ingest([file])
    kg.ingest_bytes("other.txt", OTHER.encode())
    kg.ingest([write(file, plan(STATIONS))])
    assert [(d["id"], d["items"]) for d in kg.documents()] == [("tiny", 2), ("other", 1)]


def test_a_file_that_becomes_equal_to_another_never_leaves_a_stale_document(
    kg: KnowledgeService, tmp_path: Path
) -> None:
    first, second = write(tmp_path / "first.txt", OTHER), write(tmp_path / "second.txt", plan(STATIONS))
    kg.ingest([first, second])
    kg.ingest([write(second, OTHER)])
    origins = [d.origin for d in kg.workspace.state().documents]
    assert len(set(origins)) == len(origins)


def test_a_document_can_be_removed_by_the_name_it_is_listed_with(
    kg: KnowledgeService, tmp_path: Path
) -> None:
    kg.ingest([write(tmp_path / "copy.txt", TINY)])
    (document,) = kg.documents()
    assert kg.remove(document["name"])["removed"] == document["id"]


# Several processes


def test_a_killed_ingest_leaves_the_old_build_and_no_lock(
    kg: KnowledgeService, workspace: Path, tmp_path: Path
) -> None:
    """SIGKILL with the new build half written; then the same ingest goes through."""
    file = write(tmp_path / "other.txt", OTHER)
    before = published(workspace)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, workspace, file],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (left,) = (workspace / "builds").glob(".*")
    assert (left / "items.dense").is_dir()
    assert published(workspace) == before
    assert [d["id"] for d in kg.documents()] == ["tiny"]
    assert kg.ingest([file])["changed"] is True
    assert [d["id"] for d in kg.documents()] == ["tiny", "other"]


def test_two_ingests_at_once_keep_both_and_readers_see_them(
    kg: KnowledgeService, workspace: Path, tmp_path: Path, service: KnowledgeService
) -> None:
    """One in another process, one here; a reader reads all the while.

    The other process is the only one that builds from beginning to end, so its streams are checked too.
    """
    reader, seen, done = opened(workspace, service), [], threading.Event()
    assert [d["id"] for d in reader.documents()] == ["tiny"]

    def read() -> None:
        while not done.wait(0.02):
            seen.append(tuple(d["id"] for d in reader.documents()))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        with subprocess.Popen(
            [
                *CLI,
                "ingest",
                write(tmp_path / "theirs.txt", plan(STATIONS)),
                "--workspace",
                workspace,
                "--json",
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            kg.ingest([write(tmp_path / "ours.txt", OTHER)])
            out, err = process.communicate(timeout=60)
    finally:
        done.set()
        thread.join()
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert out.count("\n") == 1
    (theirs,) = json.loads(out)["documents"]
    assert theirs.items() >= {"id": "theirs", "name": "theirs.txt", "items": 1, "steps": 4}.items()
    assert {d["id"] for d in reader.documents()} == {"tiny", "ours", "theirs"}
    assert sorted({len(ids) for ids in seen} | {3}) == [1, 2, 3]
    assert reader.search("举办人才论坛")["hits"][0]["document"] == "ours"


def test_a_reader_sees_what_another_process_published(kg: KnowledgeService, workspace: Path) -> None:
    assert len(kg.items()) == 2
    done = run("remove", "tiny", workspace=workspace)
    assert done.returncode == 0
    assert kg.items() == []
    assert kg.snapshot.build is None


def test_a_reader_keeps_answering_from_the_build_it_has_open(kg: KnowledgeService, tmp_path: Path) -> None:
    engine = kg.engine
    kg.ingest([write(tmp_path / "other.txt", OTHER)])
    assert kg.snapshot is not engine.snapshot
    assert engine.searcher.search("海尔", "step", 3, Filters()).answered is True


def test_what_a_killed_ingest_left_does_not_displace_the_build_before(
    kg: KnowledgeService, workspace: Path, tmp_path: Path
) -> None:
    earlier = build_of(workspace)
    left = shutil.copytree(earlier, workspace / "builds" / ".dead.1")
    os.utime(earlier, (1, 1))
    kg.ingest([write(tmp_path / "other.txt", OTHER)])
    assert earlier.is_dir()
    assert not Path(left).exists()


# Damage


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "5", "{}", '{"format": 1}', "\ufeff", '{"format": "x"}']
)
def test_a_damaged_state_is_refused(kg: KnowledgeService, workspace: Path, text: str) -> None:
    damage(workspace / "state.json", text)
    refused(kg.documents)
    refused(lambda: kg.ingest_bytes("other.txt", OTHER.encode()))
    assert (workspace / "state.json").read_text("utf-8") == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"format": 1, "documents": [], "build": 5}', id="build is a number"),
        pytest.param('{"format": Infinity, "documents": [], "build": null}', id="format is infinite"),
        pytest.param("[" * 5000, id="nested deeply"),
    ],
)
def test_a_state_of_the_wrong_types_is_refused(kg: KnowledgeService, workspace: Path, text: str) -> None:
    damage(workspace / "state.json", text)
    refused(kg.documents)


def test_a_state_that_is_no_utf8_is_refused(kg: KnowledgeService, workspace: Path) -> None:
    damage(workspace / "state.json", b"\xff\xfe\x00")
    refused(kg.documents)


def test_a_folder_in_place_of_the_state_is_refused(kg: KnowledgeService, workspace: Path) -> None:
    (workspace / "state.json").unlink()
    (workspace / "state.json").mkdir()
    refused(kg.documents)


@pytest.mark.parametrize(
    "arguments",
    [["documents"], ["items"], ["trace", "海尔"], ["search", "海尔"], ["remove", "tiny"], ["stats"]],
)
def test_a_workspace_of_a_newer_version_is_refused_everywhere(
    command: Command, workspace: Path, arguments: list[str]
) -> None:
    state = json.loads((workspace / "state.json").read_text("utf-8"))
    damage(workspace / "state.json", json.dumps(state | {"format": 999, "new": {}}))
    before = contents(workspace)
    code, out, err = command(*arguments, "--workspace", workspace)
    assert (code, out) == (5, "")
    assert is_one_sentence(err)
    assert "升级" in err
    assert contents(workspace) == before


def test_a_workspace_of_a_newer_version_is_not_written_to(
    command: Command, workspace: Path, tmp_path: Path
) -> None:
    damage(workspace / "state.json", '{"format": 999}')
    before = contents(workspace)
    file = write(tmp_path / "other.txt", OTHER)
    assert command("ingest", file, "--workspace", workspace)[0] == 5
    assert contents(workspace) == before


@pytest.mark.parametrize("format_", [0, 999])
def test_a_build_of_another_format_says_how_to_rebuild(
    kg: KnowledgeService, workspace: Path, format_: int
) -> None:
    path = build_of(workspace) / "manifest.json"
    damage(path, json.dumps(json.loads(path.read_text("utf-8")) | {"format": format_}))
    assert "--rebuild" in str(refused(kg.items))


def test_an_older_build_is_made_anew_by_the_next_ingest(
    kg: KnowledgeService, workspace: Path, tiny: Path
) -> None:
    damage(build_of(workspace) / "manifest.json", '{"format": 0}')
    kg.ingest([tiny / "tiny.txt"])
    assert len(kg.items()) == 2


@pytest.mark.parametrize(
    "name",
    [
        "documents/*.sqlite",
        "entities.data.npy",
        "network/heads.npy",
        "knowledge/0/names.toml",
        "manifest.json",
    ],
)
@pytest.mark.parametrize("content", [b"", b"{", b"\x00\xff"])
def test_a_damaged_build_is_refused_and_says_how_to_rebuild(
    kg: KnowledgeService, workspace: Path, name: str, content: bytes
) -> None:
    (path,) = build_of(workspace).glob(name)
    damage(path, content)
    assert "--rebuild" in str(refused(kg.items))


def test_a_missing_build_is_refused_and_a_rebuild_brings_it_back(
    kg: KnowledgeService, workspace: Path, tiny: Path
) -> None:
    shutil.rmtree(build_of(workspace))
    assert "--rebuild" in str(refused(kg.items))
    kg.ingest([tiny / "tiny.txt"], rebuild=True)
    assert len(kg.items()) == 2


def test_what_the_sentence_says_can_be_typed(command: Command, tmp_path: Path) -> None:
    # An empty workspace has nothing to rebuild, so that nothing is built here.
    assert command("ingest", "--rebuild", "--workspace", tmp_path / "none")[0] == 0


@pytest.mark.parametrize("content", ["[]", "null", '"x"'])
def test_a_manifest_that_is_no_object_is_refused(kg: KnowledgeService, workspace: Path, content: str) -> None:
    damage(build_of(workspace) / "manifest.json", content)
    refused(kg.items)


def test_a_manifest_without_an_encoder_is_refused(kg: KnowledgeService, workspace: Path) -> None:
    damage(build_of(workspace) / "manifest.json", '{"format": 1}')
    refused(kg.stats)


@pytest.mark.parametrize(
    "name", ["steps.dense/rows.npy", "whole-items.lexical/texts.npy", "entities.dense/manifest.json"]
)
def test_a_damaged_index_is_a_damaged_workspace(kg: KnowledgeService, workspace: Path, name: str) -> None:
    damage(build_of(workspace) / name, b"x")
    assert "--rebuild" in str(refused(lambda: kg.search("海尔", level="entity")))


def test_records_that_were_altered_are_refused(kg: KnowledgeService, workspace: Path) -> None:
    (path,) = (build_of(workspace) / "documents").iterdir()
    damage(path, path.read_bytes().replace("company:海尔".encode(), "company:海耳".encode()))
    refused(lambda: kg.trace("海尔"))


def test_records_that_were_lost_are_missed(kg: KnowledgeService, workspace: Path) -> None:
    (build_of(workspace) / "entities.data.npy").unlink()
    refused(kg.entities)


@pytest.mark.parametrize("content", [None, b"", b"altered"])
def test_a_damaged_source_is_noticed_before_anything_is_built_from_it(
    kg: KnowledgeService, workspace: Path, tmp_path: Path, content: bytes | None
) -> None:
    (source,) = (workspace / "sources").iterdir()
    source.unlink() if content is None else damage(source, content)
    before = published(workspace)
    error = refused(lambda: kg.ingest([write(tmp_path / "other.txt", OTHER)]))
    assert "tiny.txt" in str(error)
    assert published(workspace) == before
    assert len(kg.items()) == 2


def test_a_missing_source_is_brought_back_by_ingesting_it_again(
    kg: KnowledgeService, workspace: Path, tiny: Path
) -> None:
    (source,) = (workspace / "sources").iterdir()
    source.unlink()
    kg.ingest([tiny / "tiny.txt"], rebuild=True)
    assert source.read_bytes() == TINY.encode()


def test_an_altered_source_is_brought_back_by_ingesting_it_again(
    kg: KnowledgeService, workspace: Path, tiny: Path
) -> None:
    (source,) = (workspace / "sources").iterdir()
    damage(source, b"altered")
    kg.ingest([tiny / "tiny.txt"])
    assert source.read_bytes() == TINY.encode()


def test_names_taught_in_the_workspace_count_at_the_next_ingest(
    kg: KnowledgeService, workspace: Path, tiny: Path
) -> None:
    build = kg.snapshot.build
    write(workspace / "knowledge" / "gazetteer.toml", '[Company]\n"验收准备" = []\n')
    assert kg.ingest([tiny / "tiny.txt"])["build"] != build
    assert "company:验收准备" in {e["id"] for e in kg.entities("Company")}


def test_a_broken_file_of_names_is_refused_by_its_path(
    kg: KnowledgeService, workspace: Path, tmp_path: Path
) -> None:
    before = published(workspace)
    write(workspace / "knowledge" / "gazetteer.toml", "[Company\n")
    with pytest.raises(KgError, match=r"gazetteer\.toml"):
        kg.ingest([write(tmp_path / "other.txt", OTHER)])
    assert published(workspace) == before
