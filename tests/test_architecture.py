"""The rules of the house, read from the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = {
    "kg.model",
    "kg.errors",
    "kg.knowledge",
    "kg.curation",
    "kg.memo",
    "kg.folding",
    "kg.progress",
    "kg.version",
}
PIPELINE = {"kg.pipeline"}
TOPS = ("kg", "embeddings", "api")


def modules(top: str) -> list[Path]:
    return sorted((ROOT / top).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Everything a module imports, inside functions too; what only types need does not count."""
    for node in _run(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _run(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)):
            yield child
            yield from _run(child)


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def arrows() -> dict[str, set[str]]:
    """The modules of ours that every module imports; a name that is a module itself stands for that module."""
    known = {name_of(path): path for top in TOPS for path in modules(top)}
    found = {}
    for name, path in known.items():
        named = set(imports(path))
        # ``from api.answers import duties`` wants the module, not what else the package brings.
        packages = {i for i in named if any(other.startswith(f"{i}.") and other in known for other in named)}
        found[name] = {i for i in named if i in known} - packages - {name}
    return found


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


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Leaves are taken away until nothing is left; what cannot be taken away stands in a circle."""
    left = {name: set(others) for name, others in arrows().items()}
    while leaves := [name for name, others in left.items() if not others & left.keys()]:
        for leaf in leaves:
            del left[leaf]
    assert left == {}


def test_a_circle_would_be_found() -> None:
    assert arrows()["api.engine"] >= {"api.workspace.snapshot", "api.search.answerable"}
    assert "api.indexing.tokens" in arrows()["api.search.signals"]


def test_the_outer_ring_keeps_its_floor_clear() -> None:
    """Ten files at most stand in ``api`` itself; everything else has a room."""
    assert len(list((ROOT / "api").glob("*.py"))) <= 10


FLOORS = (
    ("errors", "settings", "wording", "schemas"),
    ("indexing", "parameters"),
    ("workspace",),
    ("questions",),
    ("search",),
    ("answers", "report", "nodes"),
    ("shaping", "engine", "encoders"),
    ("curation", "exports"),
    ("evaluation",),
    ("service",),
    ("cli", "rest"),
)


def test_rooms_build_on_rooms_below_them() -> None:
    """Documents, then what is found in them, then what is said of it: no room knows one of a higher floor."""
    floor = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
    upward = {
        (name, other)
        for name, others in arrows().items()
        for other in others
        if name.startswith("api.") and other.startswith("api.")
        for mine, theirs in [(name.split(".")[1], other.split(".")[1])]
        if theirs in floor and floor[theirs] > floor[mine]
    }
    assert upward == set()


def test_shapes_know_records_alone() -> None:
    known = {other for name, others in arrows().items() if name.startswith("api.schemas") for other in others}
    assert {other for other in known if not other.startswith("api.schemas")} <= {"kg.model"}


def test_no_two_classes_bear_one_name() -> None:
    names = Counter(
        node.name
        for top in TOPS
        for path in modules(top)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert {name for name, count in names.items() if count > 1} == set()


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
    hits = {(word, p.name) for p in code for text in _strings(p) for word in telling if word in text}
    hits |= {(word, p.name) for p in data for word in telling if word in p.read_text(encoding="utf-8")}
    assert hits == set()


def _strings(path: Path) -> Iterator[str]:
    """The strings of a module that are no docstrings."""
    docstrings = {id(node.value) for node in ast.walk(parsed(path)) if isinstance(node, ast.Expr)}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("word", ["utils", "helper", "manager"])
def test_no_module_is_named_after_nothing(word: str) -> None:
    assert [p.name for top in ("kg", "embeddings", "api") for p in modules(top) if word in p.stem] == []
