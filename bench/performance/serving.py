"""A real ``kg serve`` on loopback: questions a second at several numbers of clients, beside bare encoding."""

from __future__ import annotations

import http.client
import itertools
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from bench.performance.clients import HOST, Load, load
from bench.performance.contenders import engines
from bench.performance.engines_compared import BATCH
from bench.performance.inputs import Setup
from bench.performance.machine import ROOT
from bench.performance.memory import cpu_seconds, held_by, tree_of
from bench.performance.processes import WorkerProcess, environment, kg
from bench.performance.timing import in_turn, percentile

CLIENTS = (1, 16, 64)
WORKERS = os.cpu_count() or 1
"""Processes of the server: one interpreter keeps little more than one core busy."""
_PATIENCE = 900.0
_WARMING = 16


class Server:
    """``kg serve`` over a workspace, ready when the ``with`` begins, ended when it ends."""

    def __init__(self, workspace: Path) -> None:
        self.port = _free_port()
        self._started = time.perf_counter()
        self._process = subprocess.Popen(
            kg("serve", "--port", str(self.port), "--workspace", str(workspace), "--workers", str(WORKERS)),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, env=environment(),
        )  # fmt: skip
        self.ready = 0.0

    def __enter__(self) -> Server:
        while not self._answers():
            if self._process.poll() is not None or time.perf_counter() - self._started > _PATIENCE:
                self.__exit__()
                raise RuntimeError("kg serve did not get ready")
            time.sleep(0.05)
        self.ready = time.perf_counter() - self._started
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    @property
    def pids(self) -> list[int]:
        return tree_of(self._process.pid)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def serve(setup: Setup, questions: Iterator[str]) -> dict[str, Any]:
    """By number of clients: rates, percentiles, CPU of both ends, failures; rates of bare engines; memory."""
    with ExitStack() as stack:
        server = stack.enter_context(Server(setup.workspace))
        workers = {name: stack.enter_context(WorkerProcess(name)) for name in engines()}
        for worker in workers.values():
            worker("prepare")
        load(server.port, questions, _WARMING, 1.0)
        asked = list(itertools.islice(questions, 16 * BATCH))
        loads: dict[int, list[tuple[Load, float]]] = {clients: [] for clients in CLIENTS}
        seconds = setup.options.seconds
        actions: dict[str, Callable[[], float]] = {
            str(clients): partial(_loaded, server, questions, clients, seconds, loads[clients])
            for clients in CLIENTS
        }
        actions |= {name: partial(_batched, worker, asked, seconds) for name, worker in workers.items()}
        rates = in_turn(actions, setup.options.rounds)
        memory = held_by(server.pids)
    told = {str(clients): {**_figures(loads[clients]), "rate": rates[str(clients)]} for clients in CLIENTS}
    bare = {name: rates[name] for name in workers}
    return {"clients": told, "bare": bare, "memory": memory, "ready": server.ready}


def _batched(worker: WorkerProcess, questions: list[str], seconds: float) -> float:
    rate: float = worker("batch", questions=questions, size=BATCH, seconds=seconds)
    return rate


def _loaded(
    server: Server, questions: Iterator[str], clients: int, seconds: float, told: list[tuple[Load, float]]
) -> float:
    before = cpu_seconds(server.pids)
    done = load(server.port, questions, clients, seconds)
    told.append((done, cpu_seconds(server.pids) - before))
    return done.rate


def _figures(loads: list[tuple[Load, float]]) -> dict[str, Any]:
    latencies = [latency for one, _ in loads for latency in one.latencies]
    seconds = sum(one.seconds for one, _ in loads)
    client, server = sum(one.client_cpu for one, _ in loads), sum(cpu for _, cpu in loads)
    return {
        "p50": percentile(latencies, 50),
        "p99": percentile(latencies, 99),
        "count": len(latencies),
        "failed": sum(one.failed for one, _ in loads),
        "server_cpu": server / len(latencies),
        "server_cores": server / seconds,
        "client_cores": client / seconds,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
