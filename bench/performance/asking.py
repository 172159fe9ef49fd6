"""Questions in running processes, the same to all, a few at a time by turns; and what the processes hold then."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from bench.performance.contenders import BM25S, FAISS, engines
from bench.performance.inputs import Setup
from bench.performance.processes import WorkerProcess

_BLOCK = 6
"""Questions before the next contender has its turn: one alone would find its data out of the caches each time."""
_WARMING = 3


def ask(setup: Setup, questions: Sequence[str]) -> dict[str, Any]:
    """By contender: seconds of each question in the order of ``questions``, texts found on average, memory."""
    with ExitStack() as stack:
        names = [*setup.systems, *engines(), FAISS, BM25S]
        workers = {name: stack.enter_context(WorkerProcess(name)) for name in names}
        loading = {name: _loaded(worker, setup) for name, worker in workers.items()}
        for worker in workers.values():
            worker("ask", questions=questions[:_WARMING])
        told = _by_turns(workers, questions[_WARMING:])
        memory = {name: worker.memory() for name, worker in workers.items()}
    return {**told, "loading": loading, "memory": memory}


def _loaded(worker: WorkerProcess, setup: Setup) -> float:
    if worker.name in (FAISS, BM25S):
        worker("prepare")
        worker("build", texts=str(setup.texts))
    seconds: float = worker("load", folder=str(setup.saved(worker.name)))
    return seconds


def _by_turns(workers: dict[str, WorkerProcess], questions: Sequence[str]) -> dict[str, Any]:
    seconds: dict[str, list[float]] = {name: [] for name in workers}
    found = dict.fromkeys(workers, 0)
    names = list(workers)
    for first in range(0, len(questions), _BLOCK):
        block = list(questions[first : first + _BLOCK])
        names = names[1:] + names[:1]
        for name in names:
            answer = workers[name]("ask", questions=block)
            seconds[name] += answer["seconds"]
            found[name] += sum(answer["found"])
    return {"seconds": seconds, "found": {name: total / len(questions) for name, total in found.items()}}
