"""Learning the bar for "no answer": the arithmetic, on examples made by hand."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from api.search.answerable import Model
from bench.learn import Example, as_toml, bar_for, fitted, left_out


def examples(document: str, count: int, seed: int) -> list[Example]:
    """Questions whose answer depends on the first sign alone."""
    chance = np.random.default_rng(seed)
    signs = chance.random((count, 2))
    return [
        Example(document, str(n), {"similarity": float(a), "together": float(b)}, bool(a > 0.5))
        for n, (a, b) in enumerate(signs)
    ]


ALL = [*examples("one", 60, 1), *examples("two", 60, 2)]
SIGNS = ("similarity", "together")


def test_the_sign_that_tells_is_learned() -> None:
    model = fitted(ALL, SIGNS)
    assert model.weights["similarity"] > 5 * abs(model.weights["together"])
    assert model.probability({"similarity": 0.9, "together": 0.5}) > 0.8
    assert model.probability({"similarity": 0.1, "together": 0.5}) < 0.2


def test_a_document_is_judged_by_a_model_that_has_not_seen_it() -> None:
    told = left_out(ALL, SIGNS)
    other = fitted([e for e in ALL if e.document == "two"], SIGNS)
    assert told[0] == pytest.approx(other.probability(ALL[0].signs))


def test_the_bar_refuses_no_more_real_questions_than_allowed() -> None:
    told = np.array([0.1, 0.2, 0.3, 0.4, 0.9, 0.05])
    answered = np.array([True, True, True, True, True, False])
    assert bar_for(told, answered, allowed=0.2) == 0.2
    assert bar_for(told, answered, allowed=0.0) == 0.1


def test_what_is_written_is_what_is_read() -> None:
    models = {
        "own": Model({"similarity": 1.5, "together": 2.0}, -1.25, 0.4),
        "other": Model({"together": 1.0}, 0.5, 0.3),
    }
    told = tomllib.loads(as_toml(models))
    assert told["own"] == {"intercept": -1.25, "bar": 0.4, "weights": {"similarity": 1.5, "together": 2.0}}
    assert told["other"]["weights"] == {"together": 1.0}
