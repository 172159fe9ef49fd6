"""REST over real sockets: uvicorn on a free port of this machine, asked with httpx."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from api.rest import create_app
from api.schemas import Shape
from api.service import KnowledgeService
from kg.reading import MAX_BYTES
from tests.api.support import (
    FACTORY,
    OTHER,
    STATIONS,
    build_of,
    contents,
    damage,
    opened,
    plan,
    published,
)

V1 = "/api/v1"


@contextmanager
def serving(kg: KnowledgeService) -> Iterator[httpx.Client]:
    config = uvicorn.Config(create_app(kg), port=0, log_level="critical", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(timeout=20)


def plain(answer: Shape | list[Shape]) -> object:
    """An answer of the service as JSON has it."""
    return answer.plain() if isinstance(answer, Shape) else [one.plain() for one in answer]


@pytest.fixture(scope="module")
def web(service: KnowledgeService) -> Iterator[httpx.Client]:
    """A server over the sample; it must not be changed."""
    with serving(opened(service.workspace.folder, service)) as client:
        yield client


@pytest.fixture
def own(kg: KnowledgeService) -> Iterator[httpx.Client]:
    """A server over a copy of the tiny workspace."""
    with serving(kg) as client:
        yield client


def upload(client: httpx.Client, name: str, data: str | bytes) -> httpx.Response:
    return client.post(
        f"{V1}/documents", files={"file": (name, data if isinstance(data, bytes) else data.encode())}
    )


def is_problem(response: httpx.Response, status: int) -> bool:
    """RFC 9457: media type, members, and a detail that is a sentence and no traceback."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body.keys() >= {"type", "title", "status", "detail"}
    assert body["status"] == status
    assert body["detail"]
    assert "Traceback" not in body["detail"]
    return True


# The same answers as from the service


@pytest.mark.parametrize(
    ("path", "ask"),
    [
        ("/items", lambda kg: kg.items()),
        ("/items?document=xihaian-2021", lambda kg: kg.items("xihaian-2021")),
        ("/items/20", lambda kg: kg.item(20)),
        ("/entities", lambda kg: kg.entities()),
        ("/entities?type=Company", lambda kg: kg.entities("Company")),
        ("/entities/company:海尔", lambda kg: kg.entity("海尔")),
        ("/trace/company:海尔", lambda kg: kg.trace("海尔")),
        ("/trace/海尔", lambda kg: kg.trace("海尔")),
        ("/ask?q=哪些事项涉及海尔", lambda kg: kg.ask("哪些事项涉及海尔")),
        ("/impact/21:3?delay=3", lambda kg: kg.impact("21:3", delay=3)),
        ("/impact/item:xihaian-2021/21?depth=2", lambda kg: kg.impact("21", 2)),
        (
            "/impact/platform:西门子创新中心?all_paths=true",
            lambda kg: kg.impact("西门子创新中心", all_paths=True),
        ),
        ("/path?from=海尔&to=澳柯玛", lambda kg: kg.path("海尔", "澳柯玛")),
        ("/report", lambda kg: kg.report()),
        ("/stats", lambda kg: kg.stats()),
        ("/documents", lambda kg: kg.documents()),
        (
            "/search?q=哪些事项涉及人工智能&level=item&top=3",
            lambda kg: kg.search("哪些事项涉及人工智能", 3, "item"),
        ),
        (
            "/search?q=人工智能&section=高新科&month=9",
            lambda kg: kg.search("人工智能", section="高新科", month=9),
        ),
    ],
)
def test_an_address_answers_as_the_service_does(
    web: httpx.Client,
    service: KnowledgeService,
    path: str,
    ask: Callable[[KnowledgeService], Shape | list[Shape]],
) -> None:
    response = web.get(V1 + path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == plain(ask(service))


def test_every_entity_can_be_asked_for_by_its_id(web: httpx.Client, service: KnowledgeService) -> None:
    for entity in service.entities():
        response = web.get(
            f"{V1}/entities/{httpx.QueryParams({'': entity['id']})}".replace("/=", "/").replace("+", "%20")
        )
        assert response.json()["id"] == entity["id"]


def test_healthz_and_docs(web: httpx.Client) -> None:
    assert web.get("/healthz").json() == {"status": "ok"}
    page = web.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert set(web.get("/openapi.json").json()["paths"]) >= {f"{V1}/items", f"{V1}/search", f"{V1}/documents"}


def test_docs_needs_no_other_host(web: httpx.Client) -> None:
    assert re.findall(r"(?:src|href)=\"https?://[^\"]+", web.get("/docs").text) == []


# Problems


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        (f"{V1}/items/999", 404),
        (f"{V1}/items/-1", 404),
        (f"{V1}/items/one", 422),
        (f"{V1}/items/" + "9" * 5000, 422),
        (f"{V1}/items?document=none", 404),
        (f"{V1}/entities/company:没有", 404),
        (f"{V1}/entities?type=Banana", 400),
        (f"{V1}/trace/没有这个公司", 404),
        (f"{V1}/trace/%00", 404),
        (f"{V1}/trace/%FF%FE", 404),
        (f"{V1}/ask", 422),
        (f"{V1}/ask?q=%20", 400),
        (f"{V1}/ask?q=%7B%22intent%22%3A%22fly%22%7D", 400),
        (f"{V1}/ask?q=x&document=none", 404),
        (f"{V1}/impact/99:1", 404),
        (f"{V1}/impact/没有这个公司", 404),
        (f"{V1}/impact/海尔?depth=0", 400),
        (f"{V1}/impact/海尔?delay=25", 400),
        (f"{V1}/impact/海尔?delay=soon", 422),
        (f"{V1}/path?from=海尔", 422),
        (f"{V1}/path?from=海尔&to=没有这个公司", 404),
        (f"{V1}/path?from=海尔&to=海信&top=0", 400),
        (f"{V1}/search", 422),
        (f"{V1}/search?q=", 400),
        (f"{V1}/search?q=%20", 400),
        (f"{V1}/search?q=x&level=page", 400),
        (f"{V1}/search?q=x&top=0", 400),
        (f"{V1}/search?q=x&top=1001", 400),
        (f"{V1}/search?q=x&top=ten", 422),
        (f"{V1}/search?q=x&month=13", 400),
        (f"{V1}/search?q=x&document=none", 404),
    ],
)
def test_an_error_is_a_problem(web: httpx.Client, path: str, status: int) -> None:
    assert is_problem(web.get(path), status)


def test_an_unknown_name_comes_with_the_nearest(web: httpx.Client) -> None:
    response = web.get(f"{V1}/trace/海耳")
    assert is_problem(response, 404)
    assert "海尔" in response.json()["nearest"]


def test_a_method_that_is_not_offered_is_a_problem(web: httpx.Client) -> None:
    assert is_problem(web.put(f"{V1}/items"), 405)


def test_a_method_that_is_not_offered_names_those_that_are(web: httpx.Client) -> None:
    assert "GET" in web.put(f"{V1}/items").headers["allow"]


@pytest.mark.parametrize(
    "question", ["%FF%FE", "%00", "😀", "a" * 10_000, "%ED%A0%80人工智能", "<script>", "'\"--"]
)
def test_an_odd_question_gets_an_answer(web: httpx.Client, question: str) -> None:
    response = web.get(f"{V1}/search?q={question}")
    assert response.status_code == 200
    assert isinstance(response.json()["answered"], bool)


def test_a_question_to_an_empty_workspace_says_what_to_do(service: KnowledgeService, tmp_path: Path) -> None:
    with serving(opened(tmp_path / "none", service)) as client:
        assert client.get(f"{V1}/items").json() == []
        assert client.get(f"{V1}/stats").json()["items"] == 0
        response = client.get(f"{V1}/search?q=海尔")
        assert is_problem(response, 409)
        assert "ingest" in response.json()["detail"]
    assert not (tmp_path / "none").exists()


def test_a_damaged_workspace_is_a_problem_and_the_server_lives_on(own: httpx.Client, workspace: Path) -> None:
    state = (workspace / "state.json").read_bytes()
    damage(workspace / "state.json", "{")
    assert is_problem(own.get(f"{V1}/items"), 500)
    assert own.get("/healthz").status_code == 200
    damage(workspace / "state.json", state)
    assert len(own.get(f"{V1}/items").json()) == 2


def test_an_unexpected_failure_is_a_problem_too(own: httpx.Client, workspace: Path) -> None:
    damage(build_of(workspace) / "manifest.json", "[]")
    assert is_problem(own.get(f"{V1}/items"), 500)


# Documents


def test_a_document_is_uploaded_searched_and_deleted(own: httpx.Client) -> None:
    response = upload(own, "other.txt", OTHER)
    assert response.status_code == 201
    assert [d["id"] for d in response.json()["documents"]] == ["other"]
    assert [d["id"] for d in own.get(f"{V1}/documents").json()] == ["tiny", "other"]
    found = own.get(f"{V1}/search", params={"q": "举办人才论坛"}).json()
    assert found["build"] == response.json()["build"]
    assert found["hits"][0]["document"] == "other"
    assert is_problem(own.get(f"{V1}/items/1"), 409)
    assert own.get(f"{V1}/items/1?document=other").json()["document"] == "other"
    assert own.delete(f"{V1}/documents/other").json()["removed"] == "other"
    assert [d["id"] for d in own.get(f"{V1}/documents").json()] == ["tiny"]
    assert is_problem(own.get(f"{V1}/entities/科大讯飞"), 404)


def test_an_upload_of_the_same_name_replaces_the_earlier_one(own: httpx.Client) -> None:
    upload(own, "new.txt", plan(STATIONS))
    upload(own, "new.txt", plan(FACTORY))
    documents = own.get(f"{V1}/documents").json()
    assert [d["id"] for d in documents] == ["tiny", "new"]
    assert own.get(f"{V1}/items?document=new").json()[0]["content"] == FACTORY[1]


def test_the_last_document_can_be_deleted(own: httpx.Client) -> None:
    assert own.delete(f"{V1}/documents/tiny").json() == {"removed": "tiny", "build": None}
    assert own.get(f"{V1}/documents").json() == []
    assert is_problem(own.delete(f"{V1}/documents/tiny"), 404)


@pytest.mark.parametrize(
    ("name", "data"), [("a.txt", b""), ("a.txt", "今天天气很好。".encode()), ("a.bin", bytes(range(256)) * 9)]
)
def test_an_upload_that_is_no_plan_is_a_problem(
    own: httpx.Client, workspace: Path, name: str, data: bytes
) -> None:
    before = contents(workspace)
    assert is_problem(upload(own, name, data), 422)
    assert contents(workspace) == before


def test_an_upload_that_is_too_large_is_a_problem(own: httpx.Client, workspace: Path) -> None:
    before = contents(workspace)
    assert is_problem(upload(own, "large.txt", b"x" * (MAX_BYTES + 1)), 422)
    assert contents(workspace) == before


def test_an_upload_without_a_file_is_a_problem(own: httpx.Client) -> None:
    assert is_problem(own.post(f"{V1}/documents"), 422)
    assert is_problem(own.post(f"{V1}/documents", data={"file": "text"}), 422)
    assert is_problem(own.post(f"{V1}/documents", json={"file": "text"}), 422)


@pytest.mark.parametrize("name", ["../..\\../evil.txt"])
def test_the_name_of_an_upload_cannot_leave_the_workspace(
    own: httpx.Client, tmp_path: Path, name: str
) -> None:
    assert upload(own, name, OTHER).json()["documents"][0]["name"] == "evil.txt"
    assert list(tmp_path.parent.rglob("evil.txt")) == []


@pytest.mark.parametrize("id_", ["none", "..", "a/b", "%00", "x" * 2000])
def test_deleting_what_is_not_there_is_a_problem(own: httpx.Client, workspace: Path, id_: str) -> None:
    before = published(workspace)
    response = own.delete(f"{V1}/documents/{id_}")
    assert response.status_code in (404, 405)
    assert is_problem(response, response.status_code)
    assert published(workspace) == before


# Many at once


def test_many_at_once_get_the_answers_they_would_get_alone(web: httpx.Client) -> None:
    addresses = [
        *(f"{V1}/search?q={q}" for q in ("人工智能", "5G基站", "工业科9月份要做什么", "财务科10月要做什么")),
        f"{V1}/trace/海尔",
        f"{V1}/items/3",
        f"{V1}/stats",
    ]
    alone = {address: web.get(address).json() for address in addresses}
    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(lambda a: (a, web.get(a).json()), addresses * 6))
    assert all(answer == alone[address] for address, answer in together)


def test_the_first_questions_may_come_together(own: httpx.Client) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: own.get(f"{V1}/search?q=海尔智慧工厂"), range(4)))
    assert {response.status_code for response in answers} == {200}
    assert all(response.json() == answers[0].json() for response in answers)


def test_uploads_at_once_are_all_kept_and_readers_never_fail(own: httpx.Client) -> None:
    done = threading.Event()

    def read() -> set[int]:
        seen = set()
        while not done.is_set():
            seen |= {own.get(f"{V1}/{path}").status_code for path in ("items", "stats", "trace/海尔")}
        return seen

    plans = {"other.txt": OTHER, "stations.txt": plan(STATIONS)}
    with ThreadPoolExecutor(5) as pool:
        reader = pool.submit(read)
        try:
            sent = list(pool.map(lambda pair: upload(own, *pair), plans.items()))
        finally:
            done.set()
        assert reader.result() == {200}
    assert {response.status_code for response in sent} == {201}
    assert {d["name"] for d in own.get(f"{V1}/documents").json()} == {"tiny.txt", *plans}
