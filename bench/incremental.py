"""What one more plan and one more decision cost beside others: a running service, whose builds do only what changed.

Plans are copies of the sample in which every company, project and platform has another name. A hashing encoder
stands in for the model, whose share is known (one new text is one encoding); everything else is as in a service.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from api.service import KnowledgeService
from api.settings import Settings
from bench.generated import invented_name
from bench.speed import SAMPLE
from kg.knowledge import Knowledge
from kg.model import Entity
from kg.pipeline import extract, plan_of

SIZES = (1, 12, 10, 50, 200)
_NAMED = ("Company", "Project", "Platform")
_REPEATS = 5
_DIMENSION = 384
_GLOBAL = "汇总名称和事实"
"""The stage with which the part begins that looks at all documents."""


class Hashing:
    """An encoder that costs nothing: a text's vector comes from its hash."""

    name, fingerprint, dimension = "hashing", "hashing", _DIMENSION

    def begin(self, text: str) -> None:
        """Nothing."""

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        seeds = (int.from_bytes(sha256(text.encode()).digest()[:8], "big") for text in texts)
        rows = [np.random.default_rng(seed).normal(size=_DIMENSION) for seed in seeds]
        vectors = np.array(rows, dtype=np.float32).reshape(-1, _DIMENSION)
        unit: npt.NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    encode_queries = encode_passages


def copies(count: int) -> Iterator[str]:
    """The sample, then copies of it with names of their own."""
    text = SAMPLE.read_text(encoding="utf-8")
    knowledge = Knowledge()
    plan = plan_of(SAMPLE.read_bytes(), SAMPLE.name, "sample", "0" * 64, knowledge)
    companies = [e for e in extract([plan], knowledge).entities if e.type in _NAMED]
    yield text
    for number in range(1, count):
        yield _renamed(text, companies, number)


def _renamed(text: str, entities: Sequence[Entity], number: int) -> str:
    """Company names first: the projects and platforms of a company change with it."""
    names = [name for e in entities if e.type == "Company" for name in (e.name, *e.aliases)]
    stems = sorted({name[:3] if len(name) > 3 else name for name in names}, key=lambda n: (-len(n), n))
    for place, stem in enumerate(stems):
        text = text.replace(stem, invented_name(1000 * number + place)[: len(stem)])
    return text


def run(sizes: Sequence[int] = SIZES) -> Iterator[str]:
    """One line a size; the unit is what the plan costs alone, in an empty workspace of the same run."""
    texts = list(copies(max(sizes) + _REPEATS))
    yield f"{'plans':>6} {'one more':>9} {'of it global':>13} {'again at once':>14} {'alias':>7} {'undo':>7} {'alias in text':>14}"
    unit = 0.0
    for size in sizes:
        with TemporaryDirectory() as folder:
            figures = _measured(Path(folder), texts, size)
        unit = unit or figures[0]
        yield f"{size:>6} " + " ".join(
            f"{value / unit:>{width}.3f}" for value, width in zip(figures, (9, 13, 14, 7, 7, 14), strict=True)
        )


def _measured(folder: Path, texts: Sequence[str], size: int) -> tuple[float, ...]:
    kg = _service(folder)
    files = []
    for number, text in enumerate(texts):
        files.append(folder / f"plan-{number:03}.txt")
        files[-1].write_text(text, encoding="utf-8")
    if size > 1:
        kg.ingest(files[: size - 1])
    kg.search("预热", top=1) if size > 1 else None
    stamps: list[tuple[str, float]] = []
    started = time.perf_counter()
    kg.ingest(files[size - 1 : size], lambda stage, done, total: stamps.append((stage, time.perf_counter())))
    one_more = time.perf_counter() - started
    shared = time.perf_counter() - next(at for stage, at in stamps if stage == _GLOBAL)
    again = _median(lambda: kg.ingest([files[0]]))
    return one_more, shared, again, *_decisions(kg, texts[0])


def _decisions(kg: KnowledgeService, text: str) -> Iterator[float]:
    """A name that stands in no text, its undoing, and one that stands in the first plan alone; medians."""
    aliases, undos, in_text = [], [], []
    for at in sorted({match.start() for match in re.finditer("海尔", text)})[:_REPEATS]:
        spent, decision = _decided(kg, f"海尔别名{at}")
        aliases.append(spent)
        undos.append(_undone(kg, decision))
        spent, decision = _decided(kg, text[at : at + 7].split("\n")[0])
        in_text.append(spent)
        _undone(kg, decision)
    yield from (float(np.median(values)) for values in (aliases, undos, in_text))


def _decided(kg: KnowledgeService, alias: str) -> tuple[float, str]:
    started = time.perf_counter()
    decided = kg.curator.add_alias("海尔", alias, "bench")
    return time.perf_counter() - started, decided["decision"]["id"]


def _undone(kg: KnowledgeService, decision: str) -> float:
    started = time.perf_counter()
    kg.curator.undo(decision, "bench")
    return time.perf_counter() - started


def _service(folder: Path) -> KnowledgeService:
    kg = KnowledgeService(Settings(workspace=folder / "workspace"))
    kg.encoder = Hashing()  # type: ignore[assignment]
    return kg


def _median(action: Callable[[], object]) -> float:
    spent = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        action()
        spent.append(time.perf_counter() - started)
    return float(np.median(spent))
