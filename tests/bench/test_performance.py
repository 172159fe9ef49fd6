"""The harness itself: figures from values, clients, workers and memory. Nothing here asserts how fast anything is."""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.performance import clients, memory, options, questions, timing
from bench.performance.contenders import FAISS, OURS, TXTAI, installed
from bench.performance.processes import WorkerProcess, kg, run
from bench.performance.worker import Worker


def test_percentiles_lie_between_values() -> None:
    values = [4.0, 1.0, 3.0, 2.0]
    assert [timing.percentile(values, p) for p in (0, 50, 100)] == [1.0, 2.5, 4.0]
    assert timing.percentile(range(101), 99) == pytest.approx(99)
    assert timing.percentile([7.0], 99) == 7.0
    with pytest.raises(ValueError, match="no values"):
        timing.percentile([], 50)


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0, 2.0])
def test_exponent_is_the_slope_of_logarithms(slope: float) -> None:
    sizes = [319, 10_000, 100_000]
    assert timing.exponent(sizes, [3 * size**slope for size in sizes]) == pytest.approx(slope)


def test_exponent_needs_two_sizes() -> None:
    with pytest.raises(ValueError, match="two sizes"):
        timing.exponent([319, 319], [1.0, 2.0])


def test_ratios_are_taken_pair_by_pair() -> None:
    # A machine that is ten times slower in the second round changes no ratio.
    assert timing.ratio([2.0, 20.0], [1.0, 10.0]) == timing.Spread(2.0, 2.0, 2.0, 2)
    with pytest.raises(ValueError, match="zip"):
        timing.ratio([1.0], [1.0, 2.0])


def test_everybody_has_a_turn_in_every_round_and_begins_one() -> None:
    order: list[str] = []
    actions = {name: lambda name=name: order.append(name) or float(len(order)) for name in "abc"}
    told = timing.in_turn(actions, 3)
    assert order == ["a", "b", "c", "b", "c", "a", "c", "a", "b"]
    assert told == {"a": [1, 6, 8], "b": [2, 4, 9], "c": [3, 5, 7]}


def test_sizes_are_written_short() -> None:
    assert [options.steps(text) for text in ("319", "10k", "1M")] == [319, 10_000, 1_000_000]
    for text in ("", "k", "-3", "many", "0"):
        with pytest.raises(argparse.ArgumentTypeError):
            options.steps(text)


def test_no_question_comes_twice_before_all_have_been_asked() -> None:
    names = ["海信", "人工智能"]
    asked = list(itertools.islice(questions.questions(names), 2 * len(questions.judged())))
    assert set(questions.judged()) <= set(asked)
    possible = len(questions._FORMS) * len(questions._PERIODS) * len(names)
    made = list(itertools.islice(questions.made(names, 0), possible + 1))
    assert len(set(made[:possible])) == possible
    assert made[possible] in made[:possible]


def test_memory_and_cpu_of_a_process_and_its_children() -> None:
    with subprocess.Popen(["sleep", "30"]) as child:
        try:
            assert set(memory.tree_of(os.getpid())) >= {os.getpid(), child.pid}
            held = memory.held_by([os.getpid(), child.pid])
            alone = memory.held_by([os.getpid()])
        finally:
            child.kill()
    assert held["resident"] > alone["resident"] > alone["anonymous"] > 0
    assert alone["peak"] >= alone["resident"] * 0.9
    assert memory.cpu_seconds([os.getpid()]) > 0


def test_memory_beyond_mapped_files_leaves_mapped_files_out(tmp_path: Path) -> None:
    code = (
        "import mmap, os, sys; from bench.performance.memory import held_by; size = 64 << 20\n"
        "before = held_by([os.getpid()]); file = open(sys.argv[1], 'r+b'); file.truncate(size)\n"
        "mapped = mmap.mmap(file.fileno(), size); total = sum(mapped[::4096]); after = held_by([os.getpid()])\n"
        "assert after['resident'] - before['resident'] > size * 0.9, (before, after)\n"
        "assert after['anonymous'] - before['anonymous'] < size * 0.1, (before, after)\n"
    )
    (tmp_path / "mapped").touch()
    run([sys.executable, "-c", code, str(tmp_path / "mapped")])


class _Counting:
    """A contender that remembers what it was told."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def build(self, texts: list[str]) -> None:
        self.texts = texts

    def ask(self, question: str) -> int:
        return sum(question in text for text in self.texts)

    def batch(self, questions: list[str]) -> None:
        assert len(questions) == 3


def test_a_worker_times_what_it_is_told_to_do(tmp_path: Path) -> None:
    (tmp_path / "texts.json").write_text(json.dumps(["甲乙", "乙丙"]), encoding="utf-8")
    worker = Worker(_Counting())  # type: ignore[arg-type]
    assert worker.obey("build", texts=str(tmp_path / "texts.json")) >= 0
    told = worker.obey("ask", questions=["甲", "乙"])
    assert told["found"] == [1, 2]
    assert len(told["seconds"]) == 2
    assert worker.obey("batch", questions=["甲", "乙"], size=3, seconds=0.01) > 0


def test_a_worker_is_a_process_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "texts.json").write_text(json.dumps(["甲"] * 20), encoding="utf-8")
    with WorkerProcess(FAISS) as worker:
        worker("prepare")
        worker("build", texts=str(tmp_path / "texts.json"))
        assert worker("ask", questions=["甲"])["found"] == [10]
        assert worker.memory()["resident"] > 0
        with pytest.raises(RuntimeError, match="ended while it had to juggle"):
            worker("juggle")


def test_the_command_of_this_source_tree_is_run() -> None:
    assert "search" in run(kg("--help")).printed
    with pytest.raises(RuntimeError, match="ended with 2"):
        run(kg("no-such-command"))


def test_rivals_may_be_missing() -> None:
    assert installed(OURS)
    assert isinstance(installed(TXTAI), bool)


@contextmanager
def _server(answer: bytes, closes: bool) -> Iterator[int]:
    """A server that gives the same bytes to every question."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while line := self.rfile.readline():
                if line == b"\r\n":
                    self.wfile.write(answer)
                    if closes:
                        break

    with socketserver.ThreadingTCPServer((clients.HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("head", "closes", "failed"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody", False, False),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbod\r\n1\r\ny\r\n0\r\n\r\n",
            False,
            False,
        ),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", True, True),
    ],
    ids=["length", "chunks", "refused"],
)
def test_clients_count_answers_and_failures(head: bytes, closes: bool, failed: bool) -> None:
    with _server(head, closes) as port:
        told = clients.load(port, itertools.cycle(["海信"]), 3, 0.1)
    assert len(told.latencies) >= 3
    assert told.failed == (len(told.latencies) if failed else 0)
    assert told.seconds >= 0.1
    assert told.client_cpu > 0
    assert math.isclose(told.rate, len(told.latencies) / told.seconds)
