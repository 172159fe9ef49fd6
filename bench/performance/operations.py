"""One operation of ours in a process of its own: cold from the start of the process, then warm; and its memory.

``python -m bench.performance.operations FOLDER OPERATION STARTED`` with the arguments as JSON on stdin.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from bench.performance.machine import ROOT
from bench.performance.memory import held_by
from bench.performance.processes import environment
from bench.performance.setup import Setup
from bench.performance.timing import in_turn

_ARGUMENTS = 12


def operate(setup: Setup, names: Mapping[str, str], questions: Sequence[str]) -> dict[str, Any]:
    """By operation: seconds cold, seconds warm (other arguments in the same process), memory after either."""
    nodes = list(names)[:_ARGUMENTS]
    given = {"trace": nodes, "impact": nodes, "search": questions[:_ARGUMENTS]}
    given["ask"] = questions[_ARGUMENTS : 2 * _ARGUMENTS]
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in given}
    actions: dict[str, Callable[[], float]] = {
        name: partial(_operated, setup, name, arguments, told[name]) for name, arguments in given.items()
    }
    in_turn(actions, setup.rounds)
    return {
        name: {
            "cold": [one["cold"] for one in runs],
            "warm": [seconds for one in runs for seconds in one["warm"]],
            "memory": runs[-1]["memory"],
            "warm_memory": runs[-1]["warm_memory"],
        }
        for name, runs in told.items()
    }


def _operated(setup: Setup, name: str, arguments: Sequence[str], told: list[dict[str, Any]]) -> float:
    # The clock is the machine's: what the child reads can be compared with what stands here.
    command = [sys.executable, "-m", __name__, str(setup.workspace), name, str(time.monotonic())]
    done = subprocess.run(
        command, input=json.dumps(arguments), cwd=ROOT, env=environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    told.append(json.loads(done.stdout))
    return float(told[-1]["cold"])


def main() -> None:
    folder, name, started = sys.argv[1:]
    arguments = json.load(sys.stdin)
    from api import open_workspace

    operation = getattr(open_workspace(folder), name)
    operation(arguments[0])
    told: dict[str, Any] = {"cold": time.monotonic() - float(started), "memory": held_by([os.getpid()])}
    told["warm"] = []
    for argument in arguments[1:]:
        before = time.perf_counter()
        operation(argument)
        told["warm"].append(time.perf_counter() - before)
    told["warm_memory"] = held_by([os.getpid()])
    print(json.dumps(told))


if __name__ == "__main__":
    main()
