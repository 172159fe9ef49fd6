"""What a search costs beside encoding its question.

Seconds differ from machine to machine; everything here is a ratio within one run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from api import open_workspace
from api.evaluation import read_questions
from api.questions.understanding import Understood
from api.search.filters import Filters, fitting
from api.search.searcher import Searcher

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "data" / "xihaian-2021.txt"
_ROUNDS = 3
_ROUND = count()
_MARKS = "。！？；"


def run() -> Iterator[str]:
    """The table of costs."""
    with TemporaryDirectory() as scratch:
        kg = open_workspace(str(Path(scratch) / "workspace"))
        kg.ingest([SAMPLE])
        searcher = kg.engine.searcher
        questions = [q.query for q in read_questions(HERE / "questions" / "xihaian-2021.json").searches]
        yield from _costs(searcher, questions)


def _costs(searcher: Searcher, questions: Sequence[str]) -> Iterator[str]:
    """Each part against the encoding of the question, medians over all questions."""
    for question in questions:
        searcher.search(question, "item", None, Filters())
    told = [_parts(searcher, question) for question in questions for _ in range(_ROUNDS)]
    encoding = float(np.median([parts["encoding"] for parts in told]))
    yield f"{'part of a search':<28} {'/ encoding':>10}"
    for name in told[0]:
        yield f"{name:<28} {np.median([parts[name] for parts in told]) / encoding:>10.1%}"
    ours = [sum(parts[name] for name in ("understanding", "lexical", "graph")) for parts in told]
    yield f"{'understanding+lexical+graph':<28} {np.median(ours) / encoding:>10.1%}"


def _parts(searcher: Searcher, question: str) -> dict[str, float]:
    """Seconds by part of one search."""
    spent = {}
    signals = searcher.signals

    def timed(name: str, work: Callable[[], object]) -> object:
        started = time.perf_counter()
        result = work()
        spent[name] = time.perf_counter() - started
        return result

    understood = timed("understanding", lambda: searcher.understand(question))
    assert isinstance(understood, Understood)
    # A question that was asked before is remembered: each round asks with other marks behind it.
    marks, other = _marks(next(_ROUND)), _marks(next(_ROUND))
    timed("encoding", lambda: signals.encoder.encode_queries([question + marks]))
    encoded = signals.encode(understood)
    fits = fitting(searcher.catalogue, understood, Filters())
    timed("lexical", lambda: signals.lexical(encoded))
    timed("graph", lambda: signals.graph(understood))
    timed("all signals of steps", lambda: signals.steps(encoded, fits))
    timed("a whole search", lambda: searcher.search(question + other, "step", None, Filters()))
    return spent


def _marks(number: int) -> str:
    """Six marks that no other number has."""
    return "".join(_MARKS[number // len(_MARKS) ** place % len(_MARKS)] for place in range(6))
