"""Processes seen from outside: workers that obey, and commands that are run to their end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from tempfile import TemporaryFile
from typing import IO, Any

from bench.performance.machine import ROOT
from bench.performance.memory import held_by

_KILO = 1024


@dataclass(frozen=True)
class Run:
    """What one command took: seconds on the clock, CPU seconds, bytes resident at most, and what it printed."""

    seconds: float
    cpu: float
    peak: int
    printed: str


class WorkerProcess:
    """A contender in its own process. Use it in a ``with``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.performance.worker", name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=ROOT, env=environment(), text=True, encoding="utf-8",
        )  # fmt: skip

    def __enter__(self) -> WorkerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        # Closes its stdin, at which it ends, and waits for it.
        self._process.__exit__(None, None, None)

    def __call__(self, do: str, **given: Any) -> Any:
        """Let it obey a command. Raises :class:`RuntimeError` where it ends instead."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **given}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended while it had to {do}")
        return json.loads(answer)

    def memory(self) -> dict[str, int]:
        return held_by([self._process.pid])


def run(command: Sequence[str], given: str = "") -> Run:
    """Run a command to its end, ``given`` being its input. Raises :class:`RuntimeError` where it fails."""
    with TemporaryFile() as told, TemporaryFile() as complaints, TemporaryFile() as input_:
        input_.write(given.encode())
        input_.seek(0)
        started = time.perf_counter()
        with subprocess.Popen(
            command, stdin=input_, stdout=told, stderr=complaints, cwd=ROOT, env=environment()
        ) as process:
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        printed, complained = (_read(file) for file in (told, complaints))
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)[:200]} ended with {process.returncode}: {complained[-2000:]}")
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * _KILO, printed)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def kg(*arguments: str) -> list[str]:
    """The command ``kg`` of this source tree, as its script starts it."""
    module, function = _entry().split(":")
    start = f"import sys; sys.argv[0] = 'kg'; from {module} import {function}; sys.exit({function}())"
    return [sys.executable, "-c", start, *arguments]


def environment() -> dict[str, str]:
    """As it is, and nobody asks a model hub for anything."""
    return {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


@cache
def _entry() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    entry: str = project["project"]["scripts"]["kg"]
    return entry
