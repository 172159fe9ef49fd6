from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pytest

from embeddings.remembered import Begun, Remembered

Encode = Callable[[list[str]], npt.NDArray[np.float32]]


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def encode(asked: list[str]) -> Encode:
    def lengths(texts: list[str]) -> npt.NDArray[np.float32]:
        asked.extend(texts)
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)

    return lengths


def test_a_text_asked_again_is_not_encoded_again(asked: list[str], encode: Encode) -> None:
    remembered = Remembered(8)
    for texts in (["a", "bb", "a"], ["bb", "ccc"], ["ccc", "a"]):
        vectors = remembered.vectors(texts, encode)
        assert vectors[:, 0].tolist() == [len(text) for text in texts]
    assert asked == ["a", "bb", "ccc"]


def test_what_was_not_asked_for_longest_is_forgotten(asked: list[str], encode: Encode) -> None:
    remembered = Remembered(2)
    for text in ("a", "bb", "a", "ccc", "a", "bb"):
        remembered.vectors([text], encode)
    assert asked == ["a", "bb", "ccc", "bb"]


def test_more_texts_at_once_than_it_keeps(encode: Encode) -> None:
    texts = ["x" * size for size in range(1, 20)]
    assert Remembered(3).vectors(texts, encode)[:, 0].tolist() == list(range(1, 20))


def test_what_a_caller_does_to_a_vector_changes_no_other(encode: Encode) -> None:
    remembered = Remembered(8)
    remembered.vectors(["a"], encode)[:] = 0
    vectors = remembered.vectors(["a"], encode)
    assert vectors.tolist() == [[1, 1]]
    vectors[:] = 0
    assert remembered.vectors(["a"], encode).tolist() == [[1, 1]]


def test_threads_share_it(encode: Encode) -> None:
    remembered = Remembered(5)
    texts = [["x" * (1 + number % 9)] for number in range(400)]
    with ThreadPoolExecutor(8) as pool:
        for text, vectors in zip(
            texts, pool.map(lambda t: remembered.vectors(t, encode), texts), strict=True
        ):
            assert vectors[0, 0] == len(text[0])


def test_what_was_begun_is_waited_for_once_and_then_known() -> None:
    remembered, waited = Remembered(4), []

    def begin() -> Begun:
        return lambda: waited.append("甲") or np.array([7.0], dtype=np.float32)  # type: ignore[func-returns-value]

    remembered.begin("甲", begin)
    remembered.begin("甲", lambda: pytest.fail("begun twice"))
    for _ in range(2):
        assert remembered.vectors(["甲"], lambda _: pytest.fail("encoded")).tolist() == [[7.0]]
    assert waited == ["甲"]
    remembered.begin("甲", lambda: pytest.fail("known already"))


def test_what_could_not_be_begun_is_encoded() -> None:
    remembered = Remembered(4)
    remembered.begin("甲", lambda: None)
    assert remembered.vectors(["甲"], lambda new: np.ones((len(new), 1), np.float32)).tolist() == [[1.0]]


def test_what_nobody_asks_for_is_let_go() -> None:
    remembered = Remembered(4)
    for number in range(100):
        remembered.begin(str(number), lambda: lambda: np.zeros(1, dtype=np.float32))
    assert len(remembered._begun) < 100
