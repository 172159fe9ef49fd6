"""Search, trace, impact and ask, each in processes of its own (:mod:`.operation`)."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from bench.performance.inputs import Setup
from bench.performance.processes import run
from bench.performance.timing import in_turn

_ARGUMENTS = 12


def operate(setup: Setup, names: Mapping[str, str], questions: Sequence[str]) -> dict[str, Any]:
    """By operation: seconds cold, seconds warm (other arguments in the same process), memory after either."""
    nodes = list(names)[:_ARGUMENTS]
    given = {
        "trace": nodes,
        "impact": nodes,
        "search": questions[:_ARGUMENTS],
        "ask": questions[-_ARGUMENTS:],
    }
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
    command = [
        sys.executable,
        "-m",
        "bench.performance.operation",
        str(setup.workspace),
        name,
        str(time.monotonic()),
    ]
    done = run(command, json.dumps(arguments))
    told.append(json.loads(done.printed))
    return float(told[-1]["cold"])
