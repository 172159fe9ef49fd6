"""Cold start: from a new process to the first answer, the files being in the system's memory already."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bench.performance.contenders import BARE, OURS
from bench.performance.inputs import Setup
from bench.performance.processes import kg, run
from bench.performance.timing import in_turn


def start(setup: Setup, engine: str, question: str) -> dict[str, Any]:
    """By contender: seconds, CPU seconds and the most memory."""
    commands = {name: _command(setup, name, question) for name in [*setup.systems, BARE[engine]]}
    told: dict[str, dict[str, list[float]]] = {
        name: {"seconds": [], "cpu": [], "peak": []} for name in commands
    }
    actions: dict[str, Callable[[], float]] = {
        name: partial(_run, command, told[name]) for name, command in commands.items()
    }
    for command in commands.values():
        run(command)
    in_turn(actions, setup.options.rounds)
    return told


def _command(setup: Setup, name: str, question: str) -> list[str]:
    if name == OURS:
        return kg("search", question, "--workspace", str(setup.workspace), "--json")
    return [sys.executable, "-m", "bench.performance.first_answer", name, str(setup.saved(name)), question]


def _run(command: Sequence[str], told: dict[str, list[float]]) -> float:
    done = run(command)
    told["seconds"].append(done.seconds)
    told["cpu"].append(done.cpu)
    told["peak"].append(done.peak)
    return done.seconds
