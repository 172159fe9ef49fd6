from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.blobs import BlobCache


def test_what_was_put_is_found(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path / "deep" / "kept.sqlite", "things")
    assert cache.get_many([b"a"]) == {}
    cache.put_many({b"a": b"1", b"b": b""})
    cache.put_many({b"a": b"2"})
    assert BlobCache(cache.path, "things").get_many([b"a", b"b", b"c"]) == {b"a": b"2", b"b": b""}
    assert len(cache) == 2


def test_tables_are_kept_apart(tmp_path: Path) -> None:
    BlobCache(tmp_path / "kept.sqlite", "one").put_many({b"a": b"1"})
    assert BlobCache(tmp_path / "kept.sqlite", "other").get_many([b"a"]) == {}


def test_what_is_removed_leaves_no_bytes(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path / "kept.sqlite", "things")
    cache.put_many({b"a": b"a secret", b"b": b"no secret"})
    cache.remove([b"a", b"x"])
    assert cache.get_many([b"a", b"b"]) == {b"b": b"no secret"}
    assert b"a secret" not in cache.path.read_bytes()


def test_more_keys_than_one_statement_takes(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path / "kept.sqlite", "things")
    values = {number.to_bytes(4, "big"): b"x" * (number % 7) for number in range(2345)}
    cache.put_many(values)
    assert cache.get_many(values) == values


@given(st.binary(max_size=300))
def test_any_bytes_for_a_file_count_as_empty(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    cache = BlobCache(tmp_path_factory.mktemp("junk") / "kept.sqlite", "things")
    cache.path.write_bytes(junk)
    assert cache.get_many([b"a"]) == {}
    cache.put_many({b"a": b"1"})
    assert cache.get_many([b"a"]) == {b"a": b"1"}


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "kept.sqlite").mkdir()
    with pytest.raises(OSError, match="unable to open"):
        BlobCache(tmp_path / "kept.sqlite", "things").put_many({b"a": b"1"})


@given(st.integers(0, 100_000), st.binary(min_size=1, max_size=40))
def test_damage_anywhere_costs_what_it_hits_and_no_more(
    tmp_path_factory: pytest.TempPathFactory, at: int, junk: bytes
) -> None:
    cache = BlobCache(tmp_path_factory.mktemp("damage") / "kept.sqlite", "things")
    values = {bytes([number]): b"value %d" % number * 50 for number in range(40)}
    cache.put_many(values)
    data = bytearray(cache.path.read_bytes())
    at %= len(data)
    data[at : at + len(junk)] = junk
    cache.path.write_bytes(data)
    assert cache.get_many(values).items() <= values.items()
    cache.put_many({b"new": b"1"})
    assert cache.get_many([b"new"]) in ({b"new": b"1"}, {})
    assert cache.get_many(values).items() <= values.items()
