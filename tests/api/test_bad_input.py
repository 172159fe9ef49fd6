"""What people really give a program: an answer or one plain sentence, and an unharmed workspace."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from api.errors import BadRequest, WorkspaceUnwritable, outcome_of
from api.service import KnowledgeService
from kg.errors import InputError, NotFound
from tests.api.support import OTHER, TINY, contents, is_one_sentence, opened, plan, write

Command = Callable[..., tuple[int, str, str]]

NOT_PLANS: dict[str, bytes] = {
    "empty": b"",
    "white": " \r\n\t\u3000\n".encode(),
    "bom-only": b"\xef\xbb\xbf",
    "binary": bytes(range(256)) * 40,
    "random": b"".join(((i * 2654435761) & 0xFFFFFFFF).to_bytes(4, "big") for i in range(4000)),
    "zeros": b"\x00" * 5000,
    "png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
    "docx": b"PK\x03\x04" + b"\x14" * 100,
    "pdf": b"%PDF-1.7\n" + TINY.encode(),
    "prose": "今天天气很好，我们去公园散步。\n明天也是。\n".encode(),
    "english": b"The quick brown fox jumps over the lazy dog.\n" * 30,
    "json": b'{"items": [1, 2, 3]}',
    "html": "<html><body><table><tr><td>你好</td></tr></table></body></html>".encode(),
    "header-only": plan().encode(),
    "utf-8 cut in a character": "序".encode()[:2],
}


@pytest.mark.parametrize("name", NOT_PLANS)
def test_what_is_not_a_plan_is_refused(command: Command, workspace: Path, tmp_path: Path, name: str) -> None:
    before = contents(workspace)
    code, out, err = command(
        "ingest", write(tmp_path / "file.txt", NOT_PLANS[name]), "--workspace", workspace
    )
    assert (code, out) == (3, "")
    assert is_one_sentence(err)
    assert "file.txt" in err
    assert contents(workspace) == before


def test_a_refused_file_makes_no_workspace(command: Command, tmp_path: Path) -> None:
    file = write(tmp_path / "prose.txt", NOT_PLANS["prose"])
    assert command("ingest", file, "--workspace", tmp_path / "none")[0] == 3
    assert not (tmp_path / "none").exists()


def test_a_refused_removal_makes_no_workspace(command: Command, tmp_path: Path) -> None:
    assert command("remove", "x", "--workspace", tmp_path / "none")[0] == 4
    assert not (tmp_path / "none").exists()


def test_a_file_of_50_megabytes_is_refused_without_reading_it(
    command: Command, workspace: Path, tmp_path: Path
) -> None:
    before = contents(workspace)
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    code, out, err = command("ingest", tmp_path / "large.txt", "--workspace", workspace)
    assert (code, out) == (3, "")
    assert is_one_sentence(err)
    assert "50 MB" in err
    assert contents(workspace) == before


@pytest.mark.parametrize("path", ["missing.txt", ".", "", "missing/file.txt", "x" * 300, "/proc/self/mem"])
def test_a_path_that_cannot_be_read_is_refused(command: Command, workspace: Path, path: str) -> None:
    before = contents(workspace)
    code, out, err = command("ingest", path, "--workspace", workspace)
    assert (code, out) == (3, "")
    assert is_one_sentence(err)
    assert contents(workspace) == before


def test_a_link_to_itself_is_refused(command: Command, workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    code, _, err = command("ingest", tmp_path / "loop.txt", "--workspace", workspace)
    assert code == 3
    assert is_one_sentence(err)


def test_a_file_whose_name_is_gbk_can_be_ingested(kg: KnowledgeService, tmp_path: Path) -> None:
    """As unpacked on Linux from an archive made on Windows."""
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "计划.txt".encode("gbk")))
    assert kg.ingest([write(file, OTHER)])["documents"][0]["items"] == 1


def test_a_number_of_5000_digits_is_no_number(kg: KnowledgeService) -> None:
    table = f"序号,内容,责任单位\n{'1' * 5000},做好企业服务,工业科\n"
    kg.ingest_bytes("numbers.csv", table.encode())
    assert [(item["no"], item["number_in_source"]) for item in kg.items("numbers")] == [(1, False)]


def test_every_usual_encoding_gives_the_same_items(fresh: KnowledgeService, tmp_path: Path) -> None:
    files = {
        "utf8": TINY.encode(),
        "bom": b"\xef\xbb\xbf" + TINY.encode(),
        "crlf": TINY.replace("\n", "\r\n").encode(),
        "gbk": TINY.encode("gbk"),
        "gbk-crlf": TINY.replace("\n", "\r\n").encode("gbk"),
        "utf16": b"\xff\xfe" + TINY.encode("utf-16-le"),
        "gb18030": TINY.replace("海尔集团", "𠮷祥公司和㑇村").encode("gb18030"),
    }
    fresh.ingest([write(tmp_path / f"{name}.txt", data) for name, data in files.items()])
    rare = "".join(step["text"] for item in fresh.items("gb18030") for step in item["steps"])
    assert "𠮷祥公司和㑇村" in rare
    expected = fresh.items("utf8")
    assert len(expected) == 2
    for name in files.keys() - {"gb18030"}:
        items, text = fresh.items(name), fresh.snapshot.texts[name]
        assert str(items).replace(f"'{name}'", "'utf8'") == str(expected)
        assert not text.startswith("\ufeff")
        assert "\r" not in text
        steps = [step for item in items for step in item["steps"]]
        assert all(text[s["source"]["start"] : s["source"]["end"]] == s["text"] for s in steps)


# Where nothing can be written: the tests may run as root, whom only /proc and files refuse.


def test_a_workspace_under_proc_is_refused(command: Command, tmp_path: Path) -> None:
    code, out, err = command("ingest", write(tmp_path / "tiny.txt", TINY), "--workspace", "/proc/workspace")
    assert (code, out) == (1, "")
    assert is_one_sentence(err)
    assert "--workspace" in err


def test_a_file_in_place_of_the_workspace_is_refused(command: Command, tmp_path: Path) -> None:
    file, plan_file = write(tmp_path / "workspace", "I am a file"), write(tmp_path / "tiny.txt", TINY)
    code, out, err = command("ingest", plan_file, "--workspace", file)
    assert (code, out) == (1, "")
    assert is_one_sentence(err)
    assert file.read_text() == "I am a file"


@pytest.mark.parametrize("name", ["sources", "builds", "cache"])
def test_a_file_in_place_of_a_folder_of_the_workspace_is_refused(
    service: KnowledgeService, tmp_path: Path, name: str
) -> None:
    write(tmp_path / "workspace" / name, "I am a file")
    kg = opened(tmp_path / "workspace", service)
    with pytest.raises(WorkspaceUnwritable) as caught:
        kg.ingest_bytes("tiny.txt", TINY.encode())
    assert is_one_sentence(str(caught.value))
    assert kg.documents() == []
    assert (tmp_path / "workspace" / name).read_text() == "I am a file"


def test_reading_a_file_in_place_of_the_workspace_is_refused(command: Command, tmp_path: Path) -> None:
    code, out, err = command("documents", "--workspace", write(tmp_path / "file", "x"))
    assert (code, out) == (5, "")
    assert is_one_sentence(err)


# Names


def test_an_unknown_entity_is_answered_with_the_nearest_names(
    command: Command, service: KnowledgeService
) -> None:
    code, out, err = command("trace", "海耳", "--json", "--workspace", service.workspace.folder)
    assert (code, out) == (4, "")
    assert is_one_sentence(err)
    assert "海尔" in err


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "😀",
        ".*",
        "company:",
        "company:没有",
        ":",
        "%00",
        "\x00",
        "'; DROP TABLE x; --",
        "海" * 10_000,
    ],
)
def test_any_odd_name_is_not_found_in_one_sentence(service: KnowledgeService, name: str) -> None:
    with pytest.raises(NotFound) as caught:
        service.trace(name)
    assert "Traceback" not in str(caught.value)
    assert str(caught.value).endswith("。")
    assert len(caught.value.nearest) <= 5


@pytest.mark.parametrize("name", ["海尔", "company:海尔", " 海尔 ", "海爾", "COMPANY:海尔"])
def test_a_name_is_found_however_it_is_written(service: KnowledgeService, name: str) -> None:
    assert service.trace(name)["entity"]["id"] == "company:海尔"


# Questions

ODD = {
    "long": "人工智能" * 2500,
    "long nonsense": "x" * 10_000,
    "line noise": "！？；，。" * 50,
    "control": "人工\x00智能\x07\x1b[31m",
    "only control": "\x00\x01",
    "regex": ".*(人工|智能)+$[^",
    "evil regex": "(a+)+$" * 50 + "!",
    "sparql": "SELECT ?s WHERE { ?s ?p ?o } LIMIT 10 #",
    "html": "<script>alert('人工智能')</script>",
    "html without words": "<img src=x onerror=alert(1)>",
    "emoji": "😀🇨🇳👨‍👩‍👧",
    "emoji and words": "😀人工智能😀",
    "stop words": "哪些是什么的",
    "digits": "20210000000000000000000",
    "months": "1月2月3月4月5月6月7月8月9月10月11月12月13月0月",
    "right to left": "\u202eم人工智能",
    "combining": "人\u0301工\u0301智\u0301能",
    "newlines": "人工\n智能\r\n",
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_question_gets_an_answer(service: KnowledgeService, name: str) -> None:
    answer = service.search(ODD[name])
    assert answer["query"] == ODD[name]
    assert answer["answered"] is bool(answer["hits"])
    for hit in answer["hits"]:
        assert 0 <= hit["score"] <= 1
        assert all(0 <= start < end <= len(hit["text"]) for start, end in hit["highlights"])


@pytest.mark.parametrize("name", ["only control", "emoji", "sparql", "html without words"])
def test_nonsense_has_no_answer(service: KnowledgeService, name: str) -> None:
    assert service.search(ODD[name])["answered"] is False


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\t\r\n"])
def test_an_empty_question_is_refused(service: KnowledgeService, text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        service.search(text)
    assert outcome_of(caught.value).exit_status == 2
    assert is_one_sentence(str(caught.value))


def test_a_question_with_half_a_surrogate_gets_an_answer(service: KnowledgeService) -> None:
    assert service.search("\udcff人工智能")["answered"] is True


def test_questions_change_nothing_in_the_workspace(service: KnowledgeService) -> None:
    before = contents(service.workspace.folder)
    service.search("哪些事项涉及人工智能")
    service.trace("海尔")
    service.stats()
    with pytest.raises(InputError):
        service.ingest_bytes("prose.txt", NOT_PLANS["prose"])
    assert contents(service.workspace.folder) == before
