"""The bundled model in int8 beside its sentence-transformers original: quality of search, agreement and cost.

Costs are ratios within one run: seconds differ from machine to machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from api import open_workspace
from api.evaluation import read_questions
from api.settings import Settings
from bench.gold import read_marked
from embeddings.bundled import ensure_bundled
from embeddings.encoder import Encoder
from embeddings.transformer_encoder import load_transformer
from kg.knowledge import Knowledge
from kg.pipeline import plan_of

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "data" / "xihaian-2021.txt"
OWN = HERE / "gold" / "linhai-gongshang-2023.marked.txt"
CALLERS = 16
_NEAREST = 10


def run() -> Iterator[str]:
    """The table of quality, then agreement on the sample, then costs."""
    cache = Settings().model_cache
    ours = Encoder.load(cache_dir=cache)
    # The model of "no answer" goes by the encoder's name, and both are to be judged by the same.
    original = Encoder(load_transformer(ensure_bundled(cache), ours.name), ours.name, "original")
    encoders = {"int8": ours, "original": original}
    yield f"{'steps / items nDCG@10':<28}" + "".join(f"{name:>18}" for name in encoders)
    yield from _quality(encoders)
    yield ""
    yield from _agreement(ours, original)
    yield ""
    yield from _costs(encoders)


def _quality(encoders: dict[str, Encoder]) -> Iterator[str]:
    texts = {"xihaian-2021": SAMPLE.read_bytes(), OWN.name.split(".")[0]: read_marked(OWN).text.encode()}
    for document, text in texts.items():
        tables = {}
        for name, encoder in encoders.items():
            with TemporaryDirectory() as scratch:
                kg = open_workspace(scratch)
                kg.encoder = encoder
                kg.ingest_bytes(f"{document}.txt", text)
                for file in sorted((HERE / "questions").glob(f"{document}*.json")):
                    systems = kg.evaluate(file).systems
                    for system in ("full", "dense"):
                        figures = systems[system]["all"]
                        cell = f"{figures.steps_ndcg:.3f} / {figures.items_ndcg:.3f}"
                        tables.setdefault(f"{file.stem} {system}", {})[name] = cell
        for row, cells in tables.items():
            yield f"{row:<28}" + "".join(f"{cells[name]:>18}" for name in encoders)


def _agreement(ours: Encoder, original: Encoder) -> Iterator[str]:
    passages, questions = _texts()
    pairs = [(e.encode_passages(passages), e.encode_queries(questions)) for e in (ours, original)]
    for kind, one, other in zip(("passages", "questions"), *pairs, strict=True):
        cosines = (one * other).sum(axis=1)
        yield f"{len(cosines)} {kind}: cosine at least {cosines.min():.4f}, mean {cosines.mean():.4f}"
    nearest = [np.argsort(-(q @ p.T), axis=1)[:, :_NEAREST] for p, q in pairs]
    shared = np.mean([len(np.intersect1d(a, b)) / _NEAREST for a, b in zip(*nearest, strict=True)])
    yield f"the ten nearest passages: {shared:.3f} the same"


def _costs(encoders: dict[str, Encoder]) -> Iterator[str]:
    passages, questions = _texts()
    yield f"{'':<12}{'passages/s':>12}{'ms a question':>15}{f'{CALLERS} callers/s':>15}{'p99 ms':>9}"
    for name, encoder in encoders.items():
        encoder.encode_passages(passages[:20])
        rate = len(passages) / _seconds(lambda encoder=encoder: encoder.encode_passages(passages))
        # A question that nobody asked before: what is remembered costs nothing.
        alone = [_seconds(lambda e=encoder, q=q: e.encode_queries([q + "？"])) for q in questions[:60]]
        asked = [f"{question}{caller}" for question in questions[:20] for caller in range(CALLERS)]
        started = time.perf_counter()
        with ThreadPoolExecutor(CALLERS) as pool:
            waits = list(pool.map(lambda q, e=encoder: _seconds(lambda: e.encode_queries([q])), asked))
        together = len(asked) / (time.perf_counter() - started)
        p99 = np.percentile(waits, 99) * 1000
        yield f"{name:<12}{rate:>12.0f}{np.median(alone) * 1000:>15.1f}{together:>15.0f}{p99:>9.0f}"


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _texts() -> tuple[Sequence[str], Sequence[str]]:
    """The steps of the sample, and all judged questions."""
    plan = plan_of(SAMPLE.read_bytes(), SAMPLE.name, SAMPLE.stem, "0" * 64, Knowledge())
    steps = [step.text for item in plan.items for step in item.steps]
    files = sorted((HERE / "questions").glob("*.json"))
    return steps, list(dict.fromkeys(q.query for file in files for q in read_questions(file).searches))
