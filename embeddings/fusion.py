"""Several rankings into one: pure functions, one formula each.

Every function gives the same answer whatever the order of its mappings and rankings, down to
the last bit: sums are taken with ``math.fsum`` and ties are settled by id.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fused:
    """One id with its fused ``score`` in [0, 1] and the scores in [0, 1] it was made of.

    ``parts`` names only the branches that found the id.
    """

    id: str
    score: float
    parts: Mapping[str, float]


def min_max(scores: Mapping[str, float]) -> dict[str, float]:
    """``(s - min) / (max - min)``: the best id gets 1 and the worst 0.

    Where all scores are equal there is nothing to stretch: 1 if they are above 0, else 0.

    Raises:
        ValueError: a score is infinite or not a number.
    """
    if not all(math.isfinite(score) for score in scores.values()):
        raise ValueError("scores must be finite")
    low, high = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
    if low == high:
        return dict.fromkeys(scores, 1.0 if high > 0 else 0.0)
    # Each term is halved first, since the whole distance of two large numbers may overflow.
    span = high / 2 - low / 2
    if span == 0:
        return {key: float(score == high) for key, score in scores.items()}
    return {key: min(1.0, (score / 2 - low / 2) / span) for key, score in scores.items()}


def reciprocal_rank_fusion(rankings: Iterable[Sequence[str]], k: float = 60) -> dict[str, float]:
    """``sum over rankings of 1 / (k + rank)``, scaled so that first everywhere is 1.

    Source: Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and
    individual Rank Learning Methods", SIGIR 2009, where ``k`` is 60. Only the order counts,
    so rankings whose scores can't be compared may be fused.

    Args:
        rankings: ids, best first. Of an id that a ranking names twice the better rank counts.
        k: how gently the score falls with the rank; above -1.

    Returns:
        Scores in (0, 1] by id, best first, ties by id.

    Raises:
        ValueError: ``k`` isn't above -1.
    """
    if not k > -1:
        raise ValueError(f"k must be above -1, not {k}")
    ranked = [_ranks(ranking) for ranking in rankings]
    best = len(ranked) / (k + 1)
    scores = {
        key: math.fsum(1 / (k + ranks[key]) for ranks in ranked if key in ranks) / best
        for key in {key for ranks in ranked for key in ranks}
    }
    return {key: min(1.0, scores[key]) for key in sorted(scores, key=lambda i: (-scores[i], i))}


def weighted_sum(
    parts: Mapping[str, Mapping[str, float]],
    weights: Mapping[str, float],
    order: Sequence[str] = (),
) -> list[Fused]:
    """``sum of weight x score / sum of weights`` over the branches in ``parts``.

    Args:
        parts: by branch, scores in [0, 1] by id. An id that a branch doesn't name scores 0
            there.
        weights: by branch, at least 0, with a weight for every branch in ``parts``. Only the
            proportions count.
        order: ids as the caller would list them; equal scores keep this order. Ids it
            doesn't name come after those it does, by id.

    Returns:
        All ids, best first.

    Raises:
        ValueError: a branch has no weight, a weight is negative or infinite, all weights
            are 0, or a score is outside [0, 1].
    """
    _check(parts, weights)
    largest = max((weights[name] for name in parts), default=1.0)
    # Divided by the largest before they are added, so that no sum overflows or vanishes.
    shares = {name: weights[name] / largest for name in parts}
    total = math.fsum(shares.values())
    found = {key for scores in parts.values() for key in scores}
    fused = [_fuse(key, parts, shares, total) for key in found]
    place = {key: index for index, key in reversed(list(enumerate(order)))}
    return sorted(fused, key=lambda f: (-f.score, place.get(f.id, len(order)), f.id))


def _ranks(ranking: Sequence[str]) -> dict[str, int]:
    return {key: index for index, key in reversed(list(enumerate(ranking, start=1)))}


def _fuse(
    key: str,
    parts: Mapping[str, Mapping[str, float]],
    shares: Mapping[str, float],
    total: float,
) -> Fused:
    own = {name: float(scores[key]) for name, scores in sorted(parts.items()) if key in scores}
    score = math.fsum(shares[name] * value for name, value in own.items()) / total
    return Fused(key, min(1.0, score), own)


def _check(parts: Mapping[str, Mapping[str, float]], weights: Mapping[str, float]) -> None:
    missing = sorted(set(parts) - set(weights))
    if missing:
        raise ValueError(f"no weight for {missing}")
    used = [weights[name] for name in parts]
    if not all(math.isfinite(weight) and weight >= 0 for weight in used):
        raise ValueError("weights must be finite and at least 0")
    if used and not any(used):
        raise ValueError("at least one weight must be above 0")
    for name, scores in parts.items():
        if not all(0 <= score <= 1 for score in scores.values()):
            raise ValueError(f"scores of {name} must lie in [0, 1]")
