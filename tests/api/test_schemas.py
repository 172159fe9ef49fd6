"""The shapes: exact, readable by key and by attribute, and described whole in OpenAPI."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from api import schemas
from api.rest import create_app
from api.schemas import (
    AffectedShape,
    HopShape,
    PathsShape,
    RelatedShape,
    SearchFiguresShape,
    Shape,
    SpanShape,
    TimelineShape,
)
from api.service import KnowledgeService
from api.settings import Settings
from tests.api.support import ROOT

SHAPES = [getattr(schemas, name) for name in schemas.__all__ if name != "Shape"]
SPAN = SpanShape(document="d", line=1, start=0, end=2)


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    settings = Settings(workspace=tmp_path_factory.mktemp("none") / "workspace")
    return create_app(KnowledgeService(settings)).openapi()


def examples(shape: type[Shape]) -> list[dict[str, Any]]:
    extra = shape.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    found = extra["examples"]
    assert isinstance(found, list)
    return found  # type: ignore[return-value]


# Shapes


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_example_is_what_the_shape_says(shape: type[Shape]) -> None:
    assert examples(shape)
    for example in examples(shape):
        read = shape.model_validate(example)
        assert read.plain() == example
        assert json.loads(read.to_json()) == example
        assert list(read.keys()) == list(read.plain()) == list(example)
        assert all(key in read for key in example)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_a_key_more_or_less_is_refused(shape: type[Shape]) -> None:
    example = examples(shape)[0]
    with pytest.raises(ValidationError):
        shape.model_validate({**example, "more": 1})
    required = shape.model_json_schema(mode="serialization").get("required", [])
    for key in required:
        with pytest.raises(ValidationError):
            shape.model_validate({k: v for k, v in example.items() if k != key})


def test_a_field_is_read_as_an_attribute_and_by_its_key() -> None:
    hop = HopShape(from_="a", relation="mentions", to="b", evidence=SPAN)
    assert (hop.from_, hop["from"], hop["evidence"]["line"]) == ("a", "a", 1)
    assert TimelineShape(month=4, keys_=["2:4"])["keys"] == ["2:4"]
    assert dict(PathsShape(from_="a", to="b", length=None, paths=[])) == {
        "from": "a",
        "to": "b",
        "length": None,
        "paths": [],
    }


@pytest.mark.parametrize("key", ["from_", "model_fields", "nothing"])
def test_only_keys_of_the_json_are_keys(key: str) -> None:
    hop = HopShape(from_="a", relation="mentions", to="b", evidence=SPAN)
    assert key not in hop
    assert hop.get(key, "otherwise") == "otherwise"
    with pytest.raises(KeyError):
        hop[key]


def test_what_does_not_apply_is_left_out() -> None:
    assert SPAN.plain() == {"document": "d", "line": 1, "start": 0, "end": 2}
    assert "table" not in SPAN
    with pytest.raises(KeyError):
        SPAN["table"]
    placed = SpanShape(document="d", line=1, start=0, end=2, table=0, row=3, column=1)
    assert placed.plain() == SPAN.plain() | {"table": 0, "row": 3, "column": 1}
    assert placed["table"] == 0
    assert RelatedShape(id="x", why="together", steps=["1:2"]).plain().keys() == {"id", "why", "steps"}


def test_null_is_said_where_it_may_stand() -> None:
    assert '"length": null' in PathsShape(from_="a", to="b", length=None, paths=[]).to_json()


def test_a_shape_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        SPAN.line = 2  # type: ignore[misc]


def test_chinese_is_printed_as_it_is() -> None:
    assert SpanShape(document="计划", line=1, start=0, end=2).to_json().startswith('{"document": "计划"')


def test_a_measure_is_known_by_the_name_that_it_has_in_the_json() -> None:
    figures = SearchFiguresShape.model_validate({"steps.ndcg": 0.5, "questions": 1})
    assert (figures["steps.ndcg"], figures.get("items.ndcg"), "items.ndcg" in figures) == (0.5, None, False)


def test_no_example_is_taken_from_the_sample() -> None:
    told = json.dumps([examples(shape) for shape in SHAPES], ensure_ascii=False)
    assert [word for word in ("益凯", "芯恩", "安润", "xihaian") if word in told] == []


# What stands on what


def imports(folder: str) -> Iterator[str]:
    for path in sorted((ROOT / "api" / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield node.module


def test_shapes_know_nothing_of_ours_but_the_records() -> None:
    ours = {name for name in imports("schemas") if name.split(".")[0] in ("api", "kg", "embeddings")}
    assert {name for name in ours if not name.startswith("api.schemas")} == {"kg.model"}


def test_evaluation_knows_nothing_of_the_service() -> None:
    assert "api.service" not in set(imports("evaluation"))


def test_no_answer_is_a_dictionary_of_anything() -> None:
    loose = [p for p in (ROOT / "api").rglob("*.py") if "Shape = dict" in p.read_text("utf-8")]
    assert loose == []


# OpenAPI


def responses(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(operation, status, response) of every operation."""
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                yield f"{method} {path}", status, response


def test_every_answer_is_a_named_component_with_an_example(openapi: dict[str, Any]) -> None:
    told = 0
    for operation, status, response in responses(openapi):
        if not status.startswith("2"):
            continue
        schema = response["content"]["application/json"]["schema"]
        name = schema.get("items", schema)["$ref"].removeprefix("#/components/schemas/")
        component = openapi["components"]["schemas"][name]
        assert component["title"] == name, operation
        assert not name.endswith("Shape")
        assert component["examples"], operation
        told += 1
    assert told > 20


def test_every_failure_is_a_problem(openapi: dict[str, Any]) -> None:
    for operation, status, response in responses(openapi):
        if status >= "4":
            schema = response["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}, operation
            assert len(response["content"]) == 1


def objects(schema: object) -> Iterator[dict[str, Any]]:
    """Every object that a schema describes."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for key, value in schema.items():
            if key not in ("examples", "default"):
                yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def test_no_object_is_left_bare(openapi: dict[str, Any]) -> None:
    found = list(objects(openapi))
    assert len(found) > 30
    assert [one for one in found if not one.get("properties") and not one.get("additionalProperties")] == []
    text = json.dumps(openapi)
    assert "HTTPValidationError" not in text


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


def test_everything_is_described_in_chinese(openapi: dict[str, Any]) -> None:
    for name, component in openapi["components"]["schemas"].items():
        if name.startswith("Body_"):
            continue
        assert is_chinese(component["description"]), name
        for key, field in component["properties"].items():
            kinds = [field, *field.get("anyOf", [])]
            assert any(is_chinese(kind.get("description", "")) for kind in kinds), (name, key)
    for path, operations in openapi["paths"].items():
        for operation in operations.values():
            assert is_chinese(operation["summary"]), path
            assert all(is_chinese(response["description"]) for response in operation["responses"].values())


def test_what_may_be_given_is_known_to_openapi(openapi: dict[str, Any]) -> None:
    def parameters(path: str) -> dict[str, Any]:
        return {p["name"]: p["schema"] for p in openapi["paths"][path]["get"]["parameters"]}

    search, impact = parameters("/api/v1/search"), parameters("/api/v1/impact/{node}")
    assert search["level"]["enum"] == ["step", "item", "entity"]
    assert (search["top"]["minimum"], search["top"]["maximum"]) == (1, 1000)
    assert (search["month"]["minimum"], search["month"]["maximum"]) == (1, 12)
    assert (search["q"]["minLength"], search["q"]["maxLength"]) == (1, 20_000)
    assert (impact["depth"]["maximum"], impact["delay"]["maximum"]) == (10, 24)
    assert "Company" in parameters("/api/v1/entities")["type"]["enum"]
    assert parameters("/api/v1/path")["top"]["maximum"] == 50


def test_what_is_left_out_is_optional_and_never_null() -> None:
    schema = AffectedShape.model_json_schema(mode="serialization")
    assert not {"paths", "paths_cut"} & set(schema["required"])
    assert schema["properties"]["paths"]["type"] == "array"
    assert schema["properties"]["paths_cut"]["type"] == "boolean"
    assert {"type": "null"} in schema["properties"]["shift"]["anyOf"]
    assert "shift" in schema["required"]


# Settings


def test_settings_come_from_three_variables_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KG_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("KG_MODEL", "own/model")
    monkeypatch.setenv("KG_MODEL_CACHE", str(tmp_path / "models"))
    found = Settings()
    assert (found.workspace, found.model, found.model_cache) == (tmp_path, "own/model", tmp_path / "models")
    assert Settings(workspace=tmp_path / "other", model=None).model is None


@pytest.mark.parametrize("name", ["ALLOW_DOWNLOAD", "KG_ALLOW_DOWNLOAD", "allow_download"])
def test_no_environment_allows_a_download(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    assert Settings().allow_download is False


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KG_WORKSPACE", "KG_MODEL", "KG_MODEL_CACHE"):
        monkeypatch.setenv(name, "")
    assert (Settings().workspace, Settings().model) == (Path("workspace"), None)
    assert Settings().model_cache.name == "models"
