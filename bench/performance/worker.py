"""A contender in a process of its own: JSON commands in, JSON answers out, a line each.

``python -m bench.performance.worker NAME``. Times are taken here, around the work alone.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.performance.contenders import Contender, contender
from bench.performance.memory import held_by


def main() -> None:
    # Libraries print; what they print must not stand between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    worker = Worker(contender(sys.argv[1]))
    for line in sys.stdin:
        command = json.loads(line)
        answers.write(json.dumps(worker.obey(**command)) + "\n")
        answers.flush()


class Worker:
    """What can be asked of a contender."""

    def __init__(self, contender: Contender) -> None:
        self._contender = contender
        self._commands: dict[str, Callable[..., Any]] = {
            "prepare": lambda: _spent(self._contender.prepare),
            "build": self._build,
            "save": lambda folder: self._contender.save(Path(folder)),
            "load": lambda folder: _spent(lambda: self._contender.load(Path(folder))),
            "ask": self._ask,
            "batch": self._batch,
            "memory": lambda: held_by([os.getpid()]),
        }

    def obey(self, do: str, **given: Any) -> Any:
        return self._commands[do](**given)

    def _build(self, texts: str) -> float:
        """``texts`` is a file of JSON."""
        read = json.loads(Path(texts).read_text(encoding="utf-8"))
        return _spent(lambda: self._contender.build(read))

    def _ask(self, questions: Sequence[str]) -> dict[str, list[float]]:
        told: dict[str, list[float]] = {"seconds": [], "found": []}
        for question in questions:
            started = time.perf_counter()
            found = self._contender.ask(question)
            told["seconds"].append(time.perf_counter() - started)
            told["found"].append(found)
        return told

    def _batch(self, questions: Sequence[str], size: int, seconds: float) -> float:
        """Questions encoded a second, batch after batch for so long."""
        done, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            batch = [questions[(done + place) % len(questions)] for place in range(size)]
            self._contender.batch(batch)
            done += size
        return done / (time.perf_counter() - started)


def _spent(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
