"""The rules of the house, read from the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = {"kg.model", "kg.errors", "kg.knowledge", "kg.curation", "kg.memo"}
PIPELINE = {"kg.pipeline"}


def modules(top: str) -> list[Path]:
    return sorted((ROOT / top).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize(("top", "forbidden"), [("kg", "embeddings"), ("embeddings", "kg")])
def test_graph_and_meaning_do_not_import_each_other(top: str, forbidden: str) -> None:
    guilty = [str(p) for p in modules(top) for i in imports(p) if i.split(".")[0] == forbidden]
    assert guilty == []


@pytest.mark.parametrize("top", ["kg", "embeddings"])
def test_nothing_inside_imports_the_outer_ring(top: str) -> None:
    assert [str(p) for p in modules(top) for i in imports(p) if i.split(".")[0] == "api"] == []


def test_stages_share_only_records_errors_and_knowledge() -> None:
    """A stage is a module or package right under ``kg``; only the pipeline puts stages together."""
    allowed = {("plan", "reading")}  # Plans are read from cells, which reading defines.
    crossing = set()
    for path in modules("kg"):
        stage = name_of(path).split(".")[1] if "." in name_of(path) else ""
        if name_of(path) in PIPELINE or not stage:
            continue
        for imported in imports(path):
            parts = imported.split(".")
            other = parts[1] if parts[0] == "kg" and len(parts) > 1 else stage
            if other != stage and f"kg.{other}" not in SHARED and (stage, other) not in allowed:
                crossing.add((stage, other))
    assert crossing == set()


def test_importing_the_graph_loads_no_torch_no_faiss_and_no_web_framework() -> None:
    heavy = ("torch", "faiss", "fastapi", "nicegui", "sentence_transformers", "transformers")
    code = (
        "import sys, kg.pipeline, kg.graph, kg.analysis, kg.rdf; "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_no_item_number_or_line_of_the_sample_stands_in_code() -> None:
    """Names that only the sample knows must come from its text, not from code."""
    telling = ("益凯", "芯恩", "安润", "85161796", "xihaian")
    code = [p for top in ("kg", "embeddings", "api") for p in modules(top)]
    data = [p for top in ("kg", "api") for p in (ROOT / top / "data").iterdir()]
    hits = {
        (word, p.name)
        for p in code
        for node in ast.walk(ast.parse(p.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not _is_docstring(node, p)
        for word in telling
        if word in node.value
    }
    hits |= {(word, p.name) for p in data for word in telling if word in p.read_text(encoding="utf-8")}
    assert hits == set()


def _is_docstring(constant: ast.Constant, path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.lineno == constant.lineno
        for node in ast.walk(tree)
    )


@pytest.mark.parametrize("word", ["utils", "helper", "manager"])
def test_no_module_is_named_after_nothing(word: str) -> None:
    assert [p.name for top in ("kg", "embeddings", "api") for p in modules(top) if word in p.stem] == []
