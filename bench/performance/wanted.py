"""What is wanted of this project, as ratios, beside what was measured. Nothing is asserted: people read it."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.performance.building import WHOLE
from bench.performance.contenders import BARE, OURS, TXTAI
from bench.performance.timing import Spread, exponent, ratio

SERVER_AT = 100_000
"""Steps at which the memory of the server is judged, here or at the size next above."""
GROWTH_FROM = 10_000
_MEGA = 1e6

Result = Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """One line: ``sign`` is ≥, ≤ or <; ``steps`` is 0 where the line is about several sizes."""

    what: str
    steps: int
    sign: str
    bound: float
    measured: Spread
    unit: str = "×"
    floored: bool = False
    """Whether it stands against bare work, which nothing that does this work and more can beat."""

    @property
    def verdict(self) -> str:
        """``yes``, ``no``, or ``doubtful`` where the floor was beaten: then the floor was disturbed, not we fast."""
        beaten = self.measured.median > 1 if self.sign == "≥" else self.measured.median < 1
        return "doubtful" if self.floored and beaten else "yes" if self.reached else "no"

    @property
    def reached(self) -> bool:
        """Whether the median is as wanted."""
        compare = {"≥": operator.ge, "≤": operator.le, "<": operator.lt}[self.sign]
        return bool(compare(self.measured.median, self.bound))


def wanted(result: Result) -> list[Wanted]:
    """Every line that the sizes of a run can tell."""
    lines = [line for size in result["sizes"] for line in _of_size(size)]
    return [*lines, *_growth(result)]


def question_floor(asked: Mapping[str, Sequence[float]]) -> str:
    """The bare engine that was fastest with the questions of a comparison."""
    return min(
        (name for name in BARE.values() if name in asked), key=lambda name: Spread.of(asked[name]).median
    )


def batch_floor(http: Result) -> str:
    """The bare engine that encoded most questions a second beside the server."""
    bare: Mapping[str, Sequence[float]] = http["bare"]
    return max(bare, key=lambda name: Spread.of(bare[name]).median)


def series(result: Result) -> dict[str, dict[int, float]]:
    """Medians by steps: of a question to each contender, to the server, and of each operation when warm."""
    told: dict[str, dict[int, float]] = {}
    for size in result["sizes"]:
        medians = {name: Spread.of(values).median for name, values in size["asking"]["seconds"].items()}
        medians |= {f"HTTP, {n} clients": one["p50"] for n, one in size["http"]["clients"].items()}
        medians |= {
            f"{name}, warm": Spread.of(one["warm"]).median for name, one in size["operations"].items()
        }
        for name, median in medians.items():
            told.setdefault(name, {})[size["steps"]] = median
    return told


def _of_size(size: Result) -> Iterator[Wanted]:
    steps = size["steps"]
    built, asked = size["building"]["seconds"], size["asking"]["seconds"]
    if TXTAI in built:
        yield Wanted("txtai's encoding and indexing / ours", steps, "≥", 4, ratio(built[TXTAI], built[OURS]))
        yield Wanted("our whole build / txtai's indexing", steps, "≤", 1, ratio(built[WHOLE], built[TXTAI]))
    bare = ratio(asked[OURS], asked[question_floor(asked)])
    yield Wanted("our whole question / bare encoding", steps, "≤", 1.3, bare, floored=True)
    if TXTAI in asked:
        yield Wanted("txtai's question / ours", steps, "≥", 4, ratio(asked[TXTAI], asked[OURS]))
    yield from _served(size["http"], steps)


def _served(http: Result, steps: int) -> Iterator[Wanted]:
    sixteen = http["clients"]["16"]
    share = ratio(sixteen["rate"], http["bare"][batch_floor(http)])
    yield Wanted("HTTP at 16 clients / bare encoding in batches", steps, "≥", 0.55, share, floored=True)
    tail = sixteen["p99"] / sixteen["p50"]
    yield Wanted("p99 / p50 at 16 clients", steps, "<", 5, Spread.of([tail]))
    if steps >= SERVER_AT:
        held = Spread.of([http["memory"]["anonymous"] / _MEGA])
        yield Wanted("server beyond mapped files", steps, "≤", 700, held, " MB")


def _growth(result: Result) -> Iterator[Wanted]:
    told = {steps: median for steps, median in series(result).get(OURS, {}).items() if steps >= GROWTH_FROM}
    if len(told) > 1:
        slope = exponent(list(told), list(told.values()))
        what = f"exponent of a question's time, {min(told):,} to {max(told):,} steps"
        yield Wanted(what, 0, "≤", 0.3, Spread.of([slope]), "")
