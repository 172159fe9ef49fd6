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
    disturbed: bool = False
    """Whether that bare work went less than half as fast as the same run saw it go at its best."""

    @property
    def verdict(self) -> str:
        """``yes``, ``no``, or ``doubtful`` where the floor was beaten or disturbed: then we are not as fast as it seems."""
        beaten = self.measured.median > 1 if self.sign == "≥" else self.measured.median < 1
        return "doubtful" if self.disturbed or (self.floored and beaten) else "yes" if self.reached else "no"

    @property
    def reached(self) -> bool:
        """Whether the median is as wanted."""
        compare = {"≥": operator.ge, "≤": operator.le, "<": operator.lt}[self.sign]
        return bool(compare(self.measured.median, self.bound))


def wanted(result: Result) -> list[Wanted]:
    """Every line that the sizes of a run can tell."""
    lines = [line for size in result["sizes"] for line in _of_size(size, _best(result))]
    return [*lines, *_growth(result)]


def _best(result: Result) -> dict[str, float]:
    """The best medians that a run saw of bare work, which does not depend on the size."""
    asked = [size["asking"]["seconds"] for size in result["sizes"]]
    served = [size["http"] for size in result["sizes"]]
    engines = result["engines"].values()
    questions = [Spread.of(one["question"]).median for one in engines]
    batches = [Spread.of(one["batch"]).median for one in engines]
    questions += [Spread.of(one[question_floor(one)]).median for one in asked]
    batches += [Spread.of(one["bare"][batch_floor(one)]).median for one in served]
    return {"question": min(questions), "batch": max(batches)}


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


def _of_size(size: Result, best: Mapping[str, float]) -> Iterator[Wanted]:
    steps = size["steps"]
    built, asked = size["building"]["seconds"], size["asking"]["seconds"]
    if TXTAI in built:
        yield Wanted("txtai's encoding and indexing / ours", steps, "≥", 4, ratio(built[TXTAI], built[OURS]))
        yield Wanted("our whole build / txtai's indexing", steps, "≤", 1, ratio(built[WHOLE], built[TXTAI]))
    floor = asked[question_floor(asked)]
    slow, bare = Spread.of(floor).median > 2 * best["question"], ratio(asked[OURS], floor)
    yield Wanted("our whole question / bare encoding", steps, "≤", 1.3, bare, floored=True, disturbed=slow)
    if TXTAI in asked:
        yield Wanted("txtai's question / ours", steps, "≥", 4, ratio(asked[TXTAI], asked[OURS]))
    yield from _served(size["http"], steps, best["batch"])


def _served(http: Result, steps: int, best: float) -> Iterator[Wanted]:
    sixteen = http["clients"]["16"]
    floor = http["bare"][batch_floor(http)]
    slow, share = 2 * Spread.of(floor).median < best, ratio(sixteen["rate"], floor)
    what = "HTTP at 16 clients / bare encoding in batches"
    yield Wanted(what, steps, "≥", 0.55, share, floored=True, disturbed=slow)
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
