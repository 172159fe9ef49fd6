from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from embeddings import cache as cache_module
from embeddings.cache import EmbeddingCache, encode_with_cache, text_key


class Counting:
    """An encoder that says what it was asked for."""

    def __init__(self, fingerprint: str = "a", dimension: int = 3) -> None:
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.asked: list[str] = []

    def begin(self, text: str) -> None:
        raise NotImplementedError

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.asked.extend(texts)
        rows = [[len(text) + i for i in range(self.dimension)] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(-1, self.dimension)

    def encode_queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return -self.encode_passages(texts)


def test_unchanged_text_is_encoded_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "cache.sqlite"
    encoder = Counting()
    first = encode_with_cache(encoder, ["甲", "乙乙", "甲"], EmbeddingCache(path))
    assert encoder.asked == ["甲", "乙乙"]
    assert first.tolist() == [[1, 2, 3], [2, 3, 4], [1, 2, 3]]
    again = encode_with_cache(encoder, ["乙乙", "丙丙丙", "甲"], EmbeddingCache(path))
    assert encoder.asked == ["甲", "乙乙", "丙丙丙"]
    assert again.tolist() == [[2, 3, 4], [3, 4, 5], [1, 2, 3]]
    assert [entry.name for entry in path.parent.iterdir()] == ["cache.sqlite"]


def test_models_and_sides_are_kept_apart(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path / "cache.sqlite")
    encode_with_cache(Counting("a"), ["甲"], cache)
    assert encode_with_cache(Counting("b", 2), ["甲"], cache).tolist() == [[1, 2]]
    assert encode_with_cache(Counting("a"), ["甲"], cache, "query").tolist() == [[-1, -2, -3]]
    read = EmbeddingCache(tmp_path / "cache.sqlite")
    assert len(read) == 3
    vector = read.get(text_key("b", "passage", "甲"))
    assert vector is not None
    assert vector.tolist() == [1, 2]


def test_parts_of_a_key_do_not_run_together() -> None:
    assert text_key("a", "query", "b") != text_key("aquery", "query", "b")
    assert text_key("a", "passage", "\ud83d") != text_key("a", "passage", "?")


def test_a_vector_of_the_wrong_length_is_made_again(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path / "cache.sqlite")
    cache.put(text_key("a", "passage", "甲"), np.zeros(5, dtype=np.float32))
    assert encode_with_cache(Counting(), ["甲"], cache).tolist() == [[1, 2, 3]]


def test_no_texts(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path / "cache.sqlite")
    assert encode_with_cache(Counting(), [], cache).shape == (0, 3)
    assert not cache.path.exists()


@pytest.mark.parametrize("keep", [0, 1, 30, 200, -1])
def test_a_cut_file_is_of_no_harm(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "cache.sqlite"
    encode_with_cache(Counting(), ["甲", "乙乙"], EmbeddingCache(path))
    path.write_bytes(path.read_bytes()[:keep])
    encoder = Counting()
    assert encode_with_cache(encoder, ["甲"], EmbeddingCache(path)).tolist() == [[1, 2, 3]]
    assert encode_with_cache(encoder, ["甲"], EmbeddingCache(path)).tolist() == [[1, 2, 3]]
    assert encoder.asked in ([], ["甲"])


def test_a_changed_number_counts_as_damage(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    encode_with_cache(Counting(), ["甲"], EmbeddingCache(path))
    data = bytearray(path.read_bytes())
    data[data.index(np.array([1, 2, 3], dtype="<f2").tobytes()) + 3] ^= 1
    path.write_bytes(data)
    encoder = Counting()
    assert encode_with_cache(encoder, ["甲"], EmbeddingCache(path)).tolist() == [[1, 2, 3]]
    assert encoder.asked == ["甲"]


def test_two_writers_both_leave_what_they_made(tmp_path: Path) -> None:
    one, other = EmbeddingCache(tmp_path / "cache.sqlite"), EmbeddingCache(tmp_path / "cache.sqlite")
    encode_with_cache(Counting(), ["甲"], one)
    encode_with_cache(Counting(), ["乙乙"], other)
    encoder = Counting()
    encode_with_cache(encoder, ["甲", "乙乙"], EmbeddingCache(tmp_path / "cache.sqlite"))
    assert encoder.asked == []


def test_progress_counts_what_was_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "CHUNK", 2)
    cache = EmbeddingCache(tmp_path / "cache.sqlite")
    encode_with_cache(Counting(), ["甲"], cache)
    seen: list[tuple[int, int]] = []
    texts = ["甲", "乙", "丙", "丁"]
    encode_with_cache(Counting(), texts, cache, progress=lambda *told: seen.append(told))
    assert seen == [(3, 4), (4, 4)]


def test_what_was_made_before_an_interruption_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "CHUNK", 1)
    monkeypatch.setattr(cache_module, "SAVE_EVERY", 1)

    class Failing(Counting):
        def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
            if "乙" in texts:
                raise KeyboardInterrupt
            return super().encode_passages(texts)

    path = tmp_path / "cache.sqlite"
    with pytest.raises(KeyboardInterrupt):
        encode_with_cache(Failing(), ["甲", "乙"], EmbeddingCache(path))
    assert len(EmbeddingCache(path)) == 1
