"""Signals → one score and an order: pure functions of arrays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from api.search.filters import Mask
from api.search.signals import Parts, Scores
from kg.analysis.adjacency import Places

OWN = 0.6
"""The share of an item's own score in it; the rest is that of its best step."""


def total(parts: Parts, weights: Mapping[str, float]) -> Scores:
    """The weighted sum of the signals, in [0, 1].

    A signal that has nothing to say of any place (a question that names no entity, or asks for nothing
    of a kind) weighs as much as elsewhere: scores of two questions compare.
    """
    whole = sum(weights[name] for name in parts)
    summed: Scores = np.sum([weights[name] * scores for name, scores in parts.items()], axis=0)
    return np.clip(summed / whole, 0, 1).astype(np.float32) if whole else np.zeros_like(summed)


def with_best_step(items: Scores, steps: Scores, item_of: Places, fits: Mask) -> Scores:
    """Items by their own score and by that of their best step that fits; by their own where none does."""
    best = np.full(len(items), -1, dtype=np.float32)
    np.maximum.at(best, item_of[fits], steps[fits])
    best = np.where(best < 0, items, best)
    return (OWN * items + (1 - OWN) * best).astype(np.float32)


def ordered(scores: Scores, fits: Mask, first: int, also: Mask) -> Places:
    """Of the places that fit the ``first`` best, and those of ``also``; the best first, equal ones as they stand."""
    places = np.flatnonzero(fits)
    if len(places) > first:
        least = np.partition(scores[places], len(places) - first)[len(places) - first]
        best = np.flatnonzero(scores[places] >= least)
        best = best[np.argsort(-scores[places[best]], kind="stable")][:first]
        kept = also[places]
        kept[best] = True
        places = places[kept]
    return places[np.argsort(-scores[places], kind="stable")].astype(np.int32)
