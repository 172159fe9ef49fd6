"""Which engine encodes these weights fastest here: the floor of everything else."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.performance.contenders import BARE, installed
from bench.performance.inputs import Options, sample_texts
from bench.performance.processes import WorkerProcess
from bench.performance.questions import judged
from bench.performance.timing import in_turn

BATCH = 16
_TEXTS, _QUESTIONS, _SECONDS = 96, 8, 2.0
_REFERENCE = "sentence-transformers"


def compare_engines(folder: Path, options: Options) -> dict[str, Any]:
    """By engine: texts a second, seconds of a single question, questions a second in batches, agreement."""
    texts = folder / "engine-texts.json"
    texts.write_text(json.dumps(sample_texts()[:_TEXTS]), encoding="utf-8")
    asked = judged()
    with ExitStack() as stack:
        workers = {
            name: stack.enter_context(WorkerProcess(worker))
            for name, worker in BARE.items()
            if installed(worker)
        }
        for worker in workers.values():
            worker("prepare")
            worker("ask", questions=asked[:2])
        passages = in_turn(
            {name: partial(_seconds, worker, texts) for name, worker in workers.items()}, options.rounds
        )
        told: dict[str, Any] = {name: {"passages": [_TEXTS / s for s in passages[name]]} for name in workers}
        for number in range(options.rounds):
            some = asked[2 + number * _QUESTIONS :][:_QUESTIONS]
            for name, worker in workers.items():
                told[name].setdefault("question", []).extend(worker("ask", questions=some)["seconds"])
        batches = in_turn(
            {name: partial(_batched, worker, asked) for name, worker in workers.items()}, options.rounds
        )
        for name, worker in workers.items():
            told[name]["batch"] = batches[name]
            worker("save", folder=str(folder / name))
    for name in told:
        told[name]["agreement"] = _agreement(folder / name, folder / _REFERENCE)
    return told


def fastest(engines: dict[str, Any], what: str) -> str:
    """The engine that is best at ``passages``, ``batch`` (a second) or ``question`` (seconds).

    By its best round: other work on the machine can only slow an engine down.
    """
    if what == "question":
        return min(engines, key=lambda name: min(engines[name][what]))
    return max(engines, key=lambda name: max(engines[name][what]))


def _seconds(worker: WorkerProcess, texts: Path) -> float:
    seconds: float = worker("build", texts=str(texts))
    return seconds


def _batched(worker: WorkerProcess, questions: list[str]) -> float:
    rate: float = worker("batch", questions=questions, size=BATCH, seconds=_SECONDS)
    return rate


def _agreement(one: Path, other: Path) -> float:
    """The least cosine similarity between what two engines make of the same text."""
    a, b = np.load(one / "vectors.npy"), np.load(other / "vectors.npy")
    return float((a * b).sum(axis=1).min())
