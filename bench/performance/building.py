"""Building: encoding and indexing the same texts, and our whole build from nothing, in turn."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

from bench.performance.contenders import BARE, BM25S, FAISS, OURS
from bench.performance.inputs import RIVALS_UP_TO, Setup
from bench.performance.processes import WorkerProcess, kg, run
from bench.performance.timing import in_turn

WHOLE = "whole build"
"""From the files: reading, names, facts, encoding, every index; with the start of the process and of the model."""


def build(setup: Setup, engine: str) -> dict[str, Any]:
    """Seconds by contender and of the whole build, and what memory each had at most."""
    names = [*setup.systems, FAISS, BM25S]
    if setup.steps <= RIVALS_UP_TO:
        names.append(BARE[engine])
    else:
        names.remove(OURS)  # its whole build is measured, which has all of this in it
    whole: list[dict[str, float]] = []
    with ExitStack() as stack:
        workers = {name: stack.enter_context(WorkerProcess(name)) for name in names}
        for worker in workers.values():
            worker("prepare")
        actions: dict[str, Callable[[], float]] = {WHOLE: partial(_whole, setup, whole)}
        actions |= {name: partial(_built, worker, setup) for name, worker in workers.items()}
        seconds = in_turn(actions, setup.rounds)
        for name, worker in workers.items():
            worker("save", folder=str(setup.folder / name))
        memory = {name: worker.memory() for name, worker in workers.items()}
    return {"seconds": seconds, "whole": whole, "memory": memory}


def _built(worker: WorkerProcess, setup: Setup) -> float:
    seconds: float = worker("build", texts=str(setup.texts))
    return seconds


def _whole(setup: Setup, told: list[dict[str, float]]) -> float:
    shutil.rmtree(setup.workspace, ignore_errors=True)
    files = [str(path) for path in setup.plans]
    done = run(kg("ingest", *files, "--workspace", str(setup.workspace)))
    told.append({"cpu": done.cpu, "peak": done.peak})
    return done.seconds
