import numpy as np
import pytest

from embeddings.agreement import Agreement, agreement, check_texts


def some(seed: int = 1) -> np.ndarray:
    texts = check_texts()
    return np.random.default_rng(seed).normal(size=(len(texts.passages) + len(texts.questions), 8))


def test_equal_vectors_agree() -> None:
    told = agreement(some(), some())
    assert told.lowest == pytest.approx(1)
    assert told.mean == pytest.approx(1)
    assert told.overlap == 1
    assert told.enough


def test_one_text_that_differs_is_enough_to_fail() -> None:
    ours = some()
    ours[3] *= -1
    told = agreement(ours, some())
    assert told.lowest == pytest.approx(-1)
    assert told.mean > 0.9
    assert not told.enough


def test_other_vectors_rank_otherwise() -> None:
    assert agreement(some(1), some(2)).overlap < 0.6


@pytest.mark.parametrize("harm", ["nan", "shape", "zero"])
def test_what_is_no_vector_agrees_with_nothing(harm: str) -> None:
    ours = some()
    if harm == "nan":
        ours[0, 0] = np.nan
    elif harm == "zero":
        ours[0] = 0
    else:
        ours = ours[:-1]
    assert not agreement(ours, some()).enough


@pytest.mark.parametrize(("lowest", "enough"), [(0.995, True), (0.9949, False)])
def test_the_bar(lowest: float, enough: bool) -> None:
    assert Agreement(lowest, 1.0, 0.0).enough is enough


def test_the_texts_differ() -> None:
    texts = check_texts()
    both = texts.passages + texts.questions
    assert len(set(both)) == len(both) >= 60
