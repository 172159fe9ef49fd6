"""Medians with their spread, percentiles, ratios of what was measured in turn, and growth."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Spread:
    """A median, the quartiles around it, and of how many values."""

    median: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Raises :class:`ValueError` where there is no value."""
        return cls(percentile(values, 50), percentile(values, 25), percentile(values, 75), len(values))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def percentile(values: Sequence[float], percent: float) -> float:
    """Between two values what lies between them in proportion, as numpy does by default."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    at = (len(ordered) - 1) * percent / 100
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def ratio(ones: Sequence[float], others: Sequence[float]) -> Spread:
    """One against the other, pair by pair as they were measured in turn."""
    return Spread.of([one / other for one, other in zip(ones, others, strict=True)])


def in_turn(actions: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """What each action returns, round by round; every round begins with another one."""
    told: dict[str, list[float]] = {name: [] for name in actions}
    names = list(actions)
    for number in range(rounds):
        shift = number % len(names) if names else 0
        for name in names[shift:] + names[:shift]:
            told[name].append(actions[name]())
    return told


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The slope of log value over log size by least squares: 0 does not grow, 1 grows as the size does.

    Raises :class:`ValueError` where there are fewer than two sizes.
    """
    if len(set(sizes)) < 2:
        raise ValueError("growth needs two sizes")
    across, up = [math.log(size) for size in sizes], [math.log(value) for value in values]
    middle, level = sum(across) / len(across), sum(up) / len(up)
    slope = sum((x - middle) * (y - level) for x, y in zip(across, up, strict=True))
    return slope / sum((x - middle) ** 2 for x in across)
