"""How good a ranking or a set of answers is: a pure function per formula.

Gold is a mapping of id to grade: 2 where a reader would cite it, 1 where it is partly relevant; ids that it
does not name have grade 0. Every figure lies in [0, 1].
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Mapping, Sequence


def ndcg(ranking: Sequence[str], gold: Mapping[str, int], k: int = 10) -> float:
    """``DCG@k / ideal DCG@k`` with gain ``2^grade - 1`` and discount ``log2(rank + 1)``.

    Source: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002, in the
    form of Burges et al., 2005.

    Raises:
        ValueError: no id has a grade above 0.
    """
    ideal = _dcg(sorted(gold.values(), reverse=True)[:k])
    if not ideal:
        raise ValueError("gold names nothing relevant")
    return _dcg([gold.get(key, 0) for key in _first(ranking, k)]) / ideal


def _dcg(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def recall(ranking: Sequence[str], gold: Mapping[str, int], k: int = 10, grade: int = 2) -> float:
    """The share of the ids of at least ``grade`` among the first ``k``; of those that can fit there.

    Where gold names none of that grade, those of any grade count.
    """
    wanted = {key for key, g in gold.items() if g >= grade} or {key for key, g in gold.items() if g > 0}
    if not wanted:
        raise ValueError("gold names nothing relevant")
    return len(wanted & set(_first(ranking, k))) / min(k, len(wanted))


def reciprocal_rank(ranking: Sequence[str], gold: Mapping[str, int]) -> float:
    """``1 / rank`` of the first relevant id; 0 where there is none."""
    return next((1 / rank for rank, key in enumerate(ranking, 1) if gold.get(key, 0) > 0), 0.0)


def set_f1(found: Collection[str], gold: Mapping[str, int]) -> float:
    """F1 of an answer that is a set: what a reader would cite is required, partly relevant ones are free."""
    required = {key for key, grade in gold.items() if grade > 1}
    free = {key for key, grade in gold.items() if grade == 1}
    given = set(found) - free
    if not required and not given:
        return 1.0
    return 2 * len(given & required) / (len(given) + len(required))


def interval(
    values: Sequence[float],
    statistic: Callable[[Sequence[float]], float] | None = None,
    level: float = 0.95,
    rounds: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """The percentile bootstrap interval of a statistic, the mean unless told otherwise.

    Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13. Seeded, so that
    the same values give the same interval.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values")
    measure = statistic or (lambda sample: math.fsum(sample) / len(sample))
    chance = random.Random(seed)
    drawn = sorted(measure(chance.choices(values, k=len(values))) for _ in range(rounds))
    cut = (1 - level) / 2
    return drawn[int(cut * rounds)], drawn[min(rounds - 1, int((1 - cut) * rounds))]


def _first(ranking: Sequence[str], k: int) -> list[str]:
    """The first ``k`` ids; of an id that comes twice the better place counts."""
    return list(dict.fromkeys(ranking))[:k]
