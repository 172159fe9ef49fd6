"""Requests as they should not be: each refused in one sentence that names the parameter and what it may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.errors import BadRequest
from api.rest import create_app
from api.service import KnowledgeService
from tests.api.support import is_one_sentence, opened, published

V1 = "/api/v1"
TYPE_NAMES = "Company、Project"


@pytest.fixture(scope="module")
def client(service: KnowledgeService) -> Iterator[TestClient]:
    """Requests inside this process, over the sample; it must not be changed."""
    kg = opened(service.workspace.folder, service)
    with TestClient(create_app(kg), raise_server_exceptions=False) as asked:
        yield asked


@pytest.fixture
def own(kg: KnowledgeService) -> Iterator[TestClient]:
    """Requests over a copy of the tiny workspace."""
    with TestClient(create_app(kg), raise_server_exceptions=False) as asked:
        yield asked


def detail(response: Any, status: int) -> str:
    """The sentence of a problem."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body.keys() - {"nearest"} == {"type", "title", "status", "detail"}
    assert is_one_sentence(body["detail"])
    return str(body["detail"])


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/search", 422, "q 没有给出，请补上"),
        ("/search?q=", 400, "问题是空的"),
        ("/search?q=x&top=0", 400, "top 应在 1 到 1000 之间"),
        ("/search?q=x&top=1001", 400, "top 应在 1 到 1000 之间"),
        ("/search?q=x&top=ten", 422, "top 应为整数"),
        ("/search?q=x&top=1.5", 422, "top 应为整数"),
        ("/search?q=x&level=page", 400, "level 应为 step、item、entity 之一"),
        ("/search?q=x&month=13", 400, "month 应在 1 到 12 之间"),
        ("/search?q=x&plain=maybe", 422, "plain 应为 true 或 false"),
        ("/search?q=x&document=none", 404, "none"),
        (f"/search?q=x&document={'x' * 400}", 422, "document 最长 300 个字"),
        (f"/search?q=x&section={'x' * 400}", 422, "section 最长 200 个字"),
        (f"/ask?q={'x' * 20_001}", 422, "q 最长 20000 个字"),
        ("/ask?q=%20", 400, "问题是空的"),
        ('/ask?q={"intent":"trace"}', 400, "entities"),
        ('/ask?q={"intent":"items","entities":["company:没有"]}', 404, "没有"),
        ("/entities?type=Banana", 400, TYPE_NAMES),
        ("/items/one", 422, "no 应为整数"),
        ("/impact/海尔?depth=11", 400, "depth 应在 1 到 10 之间"),
        ("/impact/海尔?delay=25", 400, "delay 应在 1 到 24 个月之间"),
        ("/impact/海尔?delay=soon", 422, "delay 应为整数"),
        ("/impact/海尔?all_paths=some", 422, "all_paths 应为 true 或 false"),
        ("/path?from=海尔", 422, "to 没有给出"),
        ("/path?from=海尔&to=海信&top=51", 400, "top 应在 1 到 50 之间"),
        ("/nothing", 404, "没有这个地址"),
    ],
)
def test_a_parameter_is_refused_by_its_name(client: TestClient, address: str, status: int, says: str) -> None:
    assert says in detail(client.get(V1 + address), status)


def test_a_type_may_be_written_in_any_case(client: TestClient) -> None:
    assert (
        client.get(f"{V1}/entities?type=company").json() == client.get(f"{V1}/entities?type=Company").json()
    )


@pytest.mark.parametrize(
    ("address", "body", "status", "says"),
    [
        ("/entities/merge", {"from": "海尔"}, 422, "into 没有给出"),
        ("/entities/merge", {"from": "海尔", "into": 5}, 422, "into 应为文字"),
        ("/entities/merge", {"from": "海尔", "into": "海信", "why": "x"}, 422, "why 不是这里的参数"),
        ("/entities/merge", {"from": "海尔", "into": "海" * 301}, 422, "into 最长 300 个字"),
        ("/entities/merge", {"from": "海尔", "into": "没有"}, 404, "没有"),
        ("/entities/merge", {"from": "海尔", "into": "海尔"}, 400, "同一个实体"),
        ("/entities/merge", [], 422, "JSON 对象"),
        ("/entities/merge", "text", 422, "JSON 对象"),
        ("/entities/split", {"entity": "海尔", "alias": None}, 422, "alias 应为文字"),
        ("/entities/rename", {"entity": "海尔", "name": " "}, 400, "名称是空的"),
        ("/entities/rename", {"entity": "海尔", "name": "名" * 201}, 422, "name 最长 200 个字"),
        ("/entities/rename", {"entity": "海尔", "name": "海", "who": "甲" * 101}, 422, "who 最长 100 个字"),
        ("/entities/retype", {"entity": "海尔", "type": "Banana"}, 400, TYPE_NAMES),
        ("/entities/alias", {"entity": "海尔", "alias": ""}, 400, "名称是空的"),
        ("/vocabulary", {"type": "Company", "name": "甲", "aliases": "乙"}, 422, "aliases 应为列表"),
        ("/vocabulary", {"type": "Company", "name": "甲", "aliases": [" "]}, 400, "名称是空的"),
        (
            "/vocabulary",
            {"type": "Company", "name": "甲", "aliases": ["乙"] * 101},
            422,
            "aliases 最多 100 项",
        ),
        ("/mentions/reject", {}, 400, "请给出 document、start 和 end"),
        ("/mentions/reject", {"document": "tiny", "start": 3}, 400, "请给出 document、start 和 end"),
        ("/mentions/reject", {"document": "tiny", "start": -1, "end": 3}, 400, "start 应在 0 到"),
        ("/mentions/reject", {"document": "tiny", "start": "x", "end": 3}, 422, "start 应为整数"),
        ("/mentions/reject", {"document": "tiny", "start": 0, "end": 1}, 404, "没有提及"),
    ],
)
def test_a_decision_is_refused_and_nothing_is_recorded(
    own: TestClient, workspace: Path, address: str, body: object, status: int, says: str
) -> None:
    before = published(workspace)
    assert says in detail(own.post(V1 + address, json=body), status)
    assert published(workspace) == before
    assert not (workspace / "decisions.jsonl").exists()


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 422),
        (b"", "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b"[" * 100_000, "application/json", 400),
        (b'{"from": "a", "into": "b"}', "text/plain", 422),
        (b"from=a&into=b", "application/x-www-form-urlencoded", 422),
    ],
)
def test_a_body_that_is_no_json_is_refused(own: TestClient, content: bytes, kind: str, status: int) -> None:
    response = own.post(f"{V1}/entities/merge", content=content, headers={"content-type": kind})
    assert "正文" in detail(response, status)


@pytest.mark.parametrize("body", [{}, {"data": {"file": "text"}}, {"json": {"file": "text"}}])
def test_an_upload_without_a_file_says_so(own: TestClient, body: dict[str, Any]) -> None:
    assert "file" in detail(own.post(f"{V1}/documents", **body), 422)


def test_a_method_that_is_not_offered_is_told(client: TestClient) -> None:
    assert "请求方法" in detail(client.put(f"{V1}/items"), 405)


# Taking decisions back


def test_a_decision_is_taken_back_by_its_id_alone(own: TestClient) -> None:
    made = own.post(f"{V1}/entities/rename", json={"entity": "海尔", "name": "海尔公司", "who": "李明"})
    assert made.status_code == 201
    decision = made.json()["decision"]["id"]
    undone = own.delete(f"{V1}/decisions/{decision}?who=王芳")
    assert (undone.status_code, undone.json()["undone"]) == (200, decision)
    (recorded,) = own.get(f"{V1}/decisions").json()
    assert (recorded["in_force"], recorded["undone_by"]) == (False, "王芳")
    assert decision in detail(own.delete(f"{V1}/decisions/{decision}"), 404)


@pytest.mark.parametrize("address", ["/entities/merge", "/entities/split", "/mentions/reject"])
def test_there_is_no_other_way_to_take_one_back(own: TestClient, address: str) -> None:
    response = own.request("DELETE", V1 + address, json={"from": "海尔", "into": "海信"})
    assert response.status_code == 405


def test_a_decision_in_force_has_no_word_of_who_undid_it(own: TestClient) -> None:
    own.post(f"{V1}/vocabulary", json={"type": "Company", "name": "验收准备"})
    (recorded,) = own.get(f"{V1}/decisions").json()
    assert recorded["in_force"] is True
    assert "undone_by" not in recorded


# The same from Python


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda kg: kg.search("x", top="many"), "top 应为整数"),
        (lambda kg: kg.search("x", level="page"), "level 应为"),
        (lambda kg: kg.search(5), "text 应为文字"),
        (lambda kg: kg.impact("海尔", depth=0), "depth 应在 1 到 10 之间"),
        (lambda kg: kg.path("海尔", "海信", top=0), "top 应在 1 到 50 之间"),
        (lambda kg: kg.entities("Banana"), TYPE_NAMES),
        (lambda kg: kg.curator.merge("海尔", "海" * 301, "李明"), "into 最长 300 个字"),
        (lambda kg: kg.curator.rename("海尔", " ", "李明"), "名称是空的"),
    ],
)
def test_a_call_is_refused_in_the_same_words(service: KnowledgeService, call: Any, says: str) -> None:
    with pytest.raises(BadRequest, match=says) as caught:
        call(service)
    assert is_one_sentence(str(caught.value))


def test_a_call_with_a_parameter_that_there_is_not_is_a_mistake_of_the_caller(
    service: KnowledgeService,
) -> None:
    with pytest.raises(TypeError):
        service.search("x", colour="red")  # type: ignore[call-arg]
