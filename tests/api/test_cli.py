"""The command line as another program sees it: exit statuses and streams, in this process and as a real one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from api.service import KnowledgeService
from tests.api.support import CLI, ROOT, TINY, answer, contents, is_one_sentence, run, write

ITEM = {"document", "no", "number_in_source", "content", "section", "measures", "hotline", "source"}
STEP = {"key", "label", "months", "quarter", "text", "source"}
TARGET = {"text", "metric", "number", "unit", "comparator", "month", "where", "source"}
MENTION = {"document", "item", "where", "line", "start", "end", "surface", "entity", "type", "name"}
TRACE = {"entity", "items", "sections", "projects", "platforms", "targets", "timeline", "related"}
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def sample(service: KnowledgeService) -> Path:
    return service.workspace.folder


@pytest.fixture(scope="module")
def text(service: KnowledgeService) -> str:
    return service.snapshot.texts["xihaian-2021"]


def test_documents_are_listed_with_their_sizes(command: Command, sample: Path) -> None:
    (document,) = answer(command("documents", "--json", "--workspace", sample))
    assert document["id"] == "xihaian-2021"
    assert document["name"] == "xihaian-2021.txt"
    assert (document["items"], document["steps"]) == (27, 319)
    assert isinstance(document["defects"], int)


def test_items_have_the_shape_of_the_contract(command: Command, sample: Path, text: str) -> None:
    items = answer(command("items", "--json", "--workspace", sample))
    assert [item["no"] for item in items] == list(range(1, 28))
    for item in items:
        assert item.keys() >= ITEM | {"steps", "targets", "defects"}
        assert item["section"].keys() >= {"name", "raw", "inferred"}
        assert all(step.keys() >= STEP for step in item["steps"])
        assert all(target.keys() >= TARGET for target in item["targets"])
        assert all(defect.keys() >= {"code", "message", "source"} for defect in item["defects"])
        for step in item["steps"]:
            assert text[step["source"]["start"] : step["source"]["end"]] == step["text"]
            assert text.count("\n", 0, step["source"]["start"]) + 1 == step["source"]["line"]


def test_entities_of_one_type_are_only_that_type(command: Command, sample: Path) -> None:
    companies = answer(command("entities", "--type", "Company", "--json", "--workspace", sample))
    assert {entity["type"] for entity in companies} == {"Company"}
    assert all(e.keys() >= {"id", "type", "name", "aliases", "items", "mentions"} for e in companies)
    assert "company:海尔" in {entity["id"] for entity in companies}
    assert all(entity["id"] == f"company:{entity['name']}" for entity in companies)


@pytest.mark.parametrize("flag", [[], ["--json"]])
def test_mentions_are_one_json_object_a_line(
    command: Command, sample: Path, text: str, flag: list[str]
) -> None:
    code, out, err = command("mentions", *flag, "--workspace", sample)
    assert (code, err) == (0, "")
    mentions = [json.loads(line) for line in out.splitlines()]
    assert len(mentions) > 300
    for mention in mentions:
        assert mention.keys() >= MENTION
        assert text[mention["start"] : mention["end"]] == mention["surface"]
        assert mention["where"] in {"title", "content", "step", "measures", "section", "supervision"}
        assert mention["entity"] == f"{mention['type'].lower()}:{mention['name']}"


def test_facts_are_one_json_object_a_line_each_with_evidence(
    command: Command, sample: Path, text: str
) -> None:
    code, out, err = command("facts", "--json", "--workspace", sample)
    assert (code, err) == (0, "")
    facts = [json.loads(line) for line in out.splitlines()]
    assert len(facts) > 300
    for fact in facts:
        assert fact.keys() >= {"head", "relation", "tail", "evidence"}
        assert fact["evidence"]
        assert all(text[span["start"] : span["end"]].strip() for span in fact["evidence"])


def test_trace_has_the_shape_of_the_contract_and_is_found_by_name(command: Command, sample: Path) -> None:
    trace = answer(command("trace", "海尔", "--json", "--workspace", sample))
    assert trace.keys() >= TRACE
    assert trace["entity"]["id"] == "company:海尔"
    assert {item["certainty"] for item in trace["items"]} <= {"stated", "alias", "inferred"}
    assert all(item.keys() >= {"document", "item", "steps", "path"} for item in trace["items"])
    keys = {step["key"] for item in trace["items"] for step in item["steps"]}
    assert keys
    assert {key for entry in trace["timeline"] for key in entry["keys"]} <= keys


def test_impact_has_the_shape_of_the_contract(command: Command, sample: Path, text: str) -> None:
    impact = answer(command("impact", "西门子创新中心", "--delay", "3", "--json", "--workspace", sample))
    assert impact["node"] == "platform:西门子创新中心"
    for entry in impact["affected"]:
        assert entry.keys() >= {"id", "type", "name", "score", "path"}
        assert 0 < entry["score"] <= 1
        for hop in entry["path"]:
            assert hop.keys() == {"from", "relation", "to", "evidence"}
            assert text[hop["evidence"]["start"] : hop["evidence"]["end"]].strip()
    facts = {
        (f["head"], f["relation"], f["tail"])
        for f in map(json.loads, command("facts", "--workspace", sample)[1].splitlines())
    }
    hops = {(h["from"], h["relation"], h["to"]) for entry in impact["affected"] for h in entry["path"]}
    assert hops
    assert hops <= facts


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["impact", "2:4", "--delay", "2"], "间隔足够，不必推后"),
        (["impact", "2:4", "--delay", "8"], "原定 9 月，推到 次年 1 月"),
        (["impact", "2", "--all-paths"], "责任单位"),
        (["path", "海尔", "工业科"], "路径 1"),
        (["path", "海尔", "海尔"], "没有找到关系"),
        (["trace", "海尔"], "没有安排的月份"),
        (["ask", "海尔涉及哪些事项"], "查询："),
        (["report"], "## 1. 概况"),
    ],
)
def test_a_person_reads_answers_with_their_evidence(
    command: Command, workspace: Path, arguments: list[str], says: str
) -> None:
    code, out, _ = command(*arguments, "--workspace", workspace)
    assert code == 0
    assert says in out


def test_all_paths_are_given_where_they_are_asked_for(command: Command, workspace: Path) -> None:
    impact = json.loads(command("impact", "2", "--all-paths", "--json", "--workspace", workspace)[1])
    assert all(entry["path"] == entry["paths"][0] for entry in impact["affected"])
    assert not any(entry["paths_cut"] for entry in impact["affected"])


def test_search_prints_one_answer_and_nothing_beside_it(command: Command, sample: Path) -> None:
    found = answer(
        command(
            "search", "哪些事项涉及人工智能", "--level", "item", "--top", "3", "--json", "--workspace", sample
        )
    )
    assert found["answered"] is True
    assert len(found["hits"]) == 3
    assert {hit["level"] for hit in found["hits"]} == {"item"}


def test_export_and_stats_report_as_json(command: Command, sample: Path, tmp_path: Path) -> None:
    exported = answer(command("export", "jsonl", tmp_path / "facts.jsonl", "--json", "--workspace", sample))
    assert (tmp_path / "facts.jsonl").stat().st_size == exported["bytes"] > 0
    assert answer(command("stats", "--json", "--workspace", sample))["items"] == 27


@pytest.mark.parametrize("name", ["documents", "items", "entities"])
def test_an_empty_answer_is_no_error(command: Command, tmp_path: Path, name: str) -> None:
    assert command(name, "--json", "--workspace", tmp_path / "none") == (0, "[]\n", "")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["entities", "--type", "Banana"], 2),
        (["search", "人工智能", "--level", "page"], 2),
        (["search", "人工智能", "--top", "0"], 2),
        (["search", "人工智能", "--month", "13"], 2),
        (["search", " "], 2),
        (["export", "docx", "out.docx"], 2),
        (["ingest", "no-such-file.txt"], 3),
        (["ingest", "."], 3),
        (["trace", "不存在的公司"], 4),
        (["impact", "不存在的公司"], 4),
        (["impact", "7:1"], 4),
        (["impact", "海尔", "--depth", "0"], 2),
        (["impact", "海尔", "--delay", "25"], 2),
        (["path", "海尔", "不存在的公司"], 4),
        (["path", "海尔", "1", "--top", "0"], 2),
        (["ask", " "], 2),
        (["ask", '{"intent": "fly"}'], 2),
        (["ask", "海尔", "--document", "没有"], 4),
        (["report", "out.pdf"], 2),
        (["report", "no/such/folder/out.md"], 3),
        (["items", "--document", "没有"], 4),
        (["remove", "没有"], 4),
    ],
)
def test_a_refusal_is_one_sentence_and_its_exit_status(
    command: Command, workspace: Path, arguments: list[str], status: int
) -> None:
    before = contents(workspace)
    code, out, err = command(*arguments, "--workspace", workspace)
    assert (code, out) == (status, "")
    assert is_one_sentence(err)
    assert contents(workspace) == before


@pytest.mark.parametrize(
    "arguments", [["fly"], ["search"], ["items", "--colour"], ["search", "x", "--top", "many"]]
)
def test_wrong_use_exits_with_2_and_prints_nothing_on_standard_output(
    command: Command, arguments: list[str]
) -> None:
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err


def test_wrong_use_is_one_plain_sentence_too(command: Command) -> None:
    assert is_one_sentence(command("search")[2])


@pytest.mark.parametrize("name", ["ingest", "search", "serve"])
def test_every_command_explains_itself(command: Command, name: str) -> None:
    code, out, _ = command(name, "--help")
    assert code == 0
    assert "--workspace" in out


def test_the_workspace_can_come_from_the_environment(
    command: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_WORKSPACE", str(workspace))
    assert [d["id"] for d in json.loads(command("documents", "--json")[1])] == ["tiny"]


def test_items_of_a_document_named_by_its_file(command: Command, workspace: Path) -> None:
    by_id = json.loads(command("items", "--document", "tiny", "--json", "--workspace", workspace)[1])
    by_name = json.loads(command("items", "--document", "tiny.txt", "--json", "--workspace", workspace)[1])
    assert len(by_id) == 2
    assert by_name == by_id


@pytest.mark.parametrize("name", ["documents", "items", "entities", "stats"])
def test_without_json_a_person_reads_chinese_lines(command: Command, workspace: Path, name: str) -> None:
    code, out, err = command(name, "--workspace", workspace)
    assert (code, err) == (0, "")
    assert out.strip()
    assert not out.lstrip().startswith(("[{", "{"))


# Real processes


def test_a_plan_is_ingested_and_searched(encoded: Path, tmp_path: Path) -> None:
    shutil.copytree(encoded, tmp_path / "workspace" / "cache")
    file = write(tmp_path / "tiny.txt", TINY)
    ingested = run("ingest", file, "--json", workspace=tmp_path / "workspace")
    assert (ingested.returncode, ingested.stdout.count("\n")) == (0, 1)
    assert [d["id"] for d in json.loads(ingested.stdout)["documents"]] == ["tiny"]
    done = run("search", "海尔智慧工厂", "--level", "item", "--json", workspace=tmp_path / "workspace")
    found = answer((done.returncode, done.stdout, done.stderr))
    assert (found["answered"], found["hits"][0]["key"]) == (True, "1")


def test_a_damaged_workspace_exits_with_5(tmp_path: Path) -> None:
    write(tmp_path / "state.json", "{")
    done = run("documents", "--json", workspace=tmp_path)
    assert (done.returncode, done.stdout) == (5, "")
    assert is_one_sentence(done.stderr)


def test_a_reader_that_stops_early_is_no_failure_and_causes_no_traceback(sample: Path) -> None:
    code, err = _cut_off(sample)
    assert code == 0
    assert "Traceback" not in err
    assert "Exception ignored" not in err


def _cut_off(workspace: Path) -> tuple[int, str]:
    with subprocess.Popen(
        [*CLI, "facts", "--workspace", workspace], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read().decode()
    return process.returncode, err


def test_an_argument_in_another_encoding_gets_a_sentence(sample: Path) -> None:
    done = run("trace", "海尔".encode("gbk"), workspace=sample)
    assert done.returncode in (2, 4)
    assert is_one_sentence(done.stderr)


def test_serve_answers_until_it_is_stopped(tmp_path: Path) -> None:
    port = _free_port()
    with subprocess.Popen(
        [*CLI, "serve", "--port", str(port), "--workspace", tmp_path / "none"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert _wait_for(f"http://127.0.0.1:{port}/healthz").json() == {"status": "ok"}
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert out == b""
    assert b"Traceback" not in err


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="processes are listed by Linux alone")
def test_several_processes_answer_and_one_that_is_killed_comes_back(tmp_path: Path) -> None:
    port = _free_port()
    command = [*CLI, "serve", "--port", str(port), "--workspace", tmp_path / "none", "--workers", "2"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert _wait_for(f"http://127.0.0.1:{port}/healthz").json() == {"status": "ok"}
            workers = _children(process.pid)
            assert len(workers) >= 2
            for worker in workers:
                os.kill(worker, signal.SIGKILL)
            assert _wait_for(f"http://127.0.0.1:{port}/healthz").json() == {"status": "ok"}
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert b"Traceback" not in err
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5)


def _children(pid: int) -> list[int]:
    """The processes that answer, of those that a process started."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [
        int(child) for child in told.split() if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def test_serve_refuses_a_damaged_workspace_before_it_listens(command: Command, tmp_path: Path) -> None:
    write(tmp_path / "state.json", "{")
    code, out, err = command("serve", "--port", "1", "--workspace", tmp_path)
    assert (code, out) == (5, "")
    assert is_one_sentence(err.splitlines()[-1])


def test_serve_on_a_port_in_use_exits_with_1(command: Command, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, _, err = command("serve", "--port", port, "--workspace", tmp_path / "none")
    assert "Traceback" not in err
    assert code == 1


def test_serve_refuses_a_port_that_cannot_be(command: Command, tmp_path: Path) -> None:
    code, _, err = command("serve", "--port", "99999", "--workspace", tmp_path / "none")
    assert "Traceback" not in err
    assert code == 2


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> httpx.Response:
    for _ in range(100):
        try:
            return httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(url)
