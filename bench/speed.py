"""What each stage costs, as a share of one run; seconds differ from machine to machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from kg.folding import fold
from kg.graph import build_graph
from kg.knowledge import Knowledge
from kg.pipeline import broader_topics, plan_of
from kg.rdf import build_dataset
from kg.recognition import Recogniser
from kg.relations import relate
from kg.resolution import resolve

SAMPLE = Path(__file__).parent.parent / "data" / "xihaian-2021.txt"


def run() -> Iterator[str]:
    """One line a stage: its share of the whole, and how often the reading of the plan fits in it."""
    spent = dict(_stages())
    total, unit = sum(spent.values()), spent["plan"]
    yield f"{'stage':<14} {'share':>7} {'× plan':>8}"
    for stage, seconds in spent.items():
        yield f"{stage:<14} {seconds / total:>7.1%} {seconds / unit:>8.2f}"


def _stages() -> Iterator[tuple[str, float]]:
    knowledge = Knowledge()
    data = SAMPLE.read_bytes()
    plan_of(data, SAMPLE.name, "sample", "0" * 64, knowledge)
    recogniser = Recogniser.of(knowledge)
    recogniser.annotate("预热")
    started = time.perf_counter()
    plan = plan_of(data, SAMPLE.name, "sample", "0" * 64, knowledge)
    yield "plan", time.perf_counter() - started
    started = time.perf_counter()
    mentions, plan = recogniser.recognise(plan)
    yield "recognition", time.perf_counter() - started
    started = time.perf_counter()
    canonical = recogniser.vocabulary.canonical
    entities, mentions = resolve(mentions, lambda t, s: canonical.get((t, fold(s))), knowledge)
    yield "resolution", time.perf_counter() - started
    started = time.perf_counter()
    facts = relate([plan], mentions, broader_topics(recogniser.vocabulary), knowledge)
    yield "relations", time.perf_counter() - started
    started = time.perf_counter()
    build_graph([plan], entities, facts)
    yield "graph", time.perf_counter() - started
    started = time.perf_counter()
    build_dataset([plan], entities, facts)
    yield "rdf", time.perf_counter() - started
