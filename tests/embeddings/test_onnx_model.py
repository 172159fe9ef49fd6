"""The exported folder: made once, checked, mended, carried to another machine. With a model of a few kilobytes."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embeddings import ModelError, acceptance, onnx_model
from embeddings.agreement import Agreement
from embeddings.bundled import ensure_bundled
from embeddings.encoder import Encoder
from embeddings.export import FILES, Precision, Prepared
from embeddings.exported import read_exported
from embeddings.onnx_encoder import NETWORK, PIECES, WORDS
from embeddings.onnx_model import ensure_exported
from embeddings.sealed import MANIFEST
from embeddings.sources import find_source
from tests.embeddings.tiny import tiny_file

TEXTS = ["推进建设", "", "a推进1建设", "推" * 200]


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Precision]:
    """Every precision that was exported and checked."""
    precisions: list[Precision] = []
    check = onnx_model.check

    def counted(prepared: Prepared, precision: Precision) -> Agreement:
        precisions.append(precision)
        return check(prepared, precision)

    monkeypatch.setattr(onnx_model, "check", counted)
    return precisions


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have the check at the export fail for some precisions, and the check elsewhere for some folders."""

    def fail(*precisions: Precision) -> None:
        check, passes = onnx_model.check, acceptance._passes

        def at_export(prepared: Prepared, precision: Precision) -> Agreement:
            return Agreement(0.9, 0.95, 0.5) if precision in precisions else check(prepared, precision)

        monkeypatch.setattr(onnx_model, "check", at_export)
        monkeypatch.setattr(
            acceptance, "_passes", lambda e: not e.folder.name.endswith(precisions) and passes(e)
        )

    return fail


def on_another_processor(monkeypatch: pytest.MonkeyPatch, *features: str) -> None:
    monkeypatch.setattr(acceptance, "features_here", lambda: list(features))
    monkeypatch.setattr(onnx_model, "features_here", lambda: list(features))


def verdicts(cache: Path) -> list[Path]:
    return sorted(cache.glob("*.json"))


def test_the_vectors_are_those_of_the_original(tiny_cache: Path) -> None:
    ours = Encoder.load(cache_dir=tiny_cache)
    original = Encoder.load(str(ensure_bundled(tiny_cache)), cache_dir=tiny_cache)
    for one, other in (
        (ours.encode_passages(TEXTS), original.encode_passages(TEXTS)),
        (ours.encode_queries(TEXTS), original.encode_queries(TEXTS)),
    ):
        assert (one * other).sum(axis=1).min() >= 0.995
    assert not np.allclose(ours.encode_passages(["推进"]), ours.encode_queries(["推进"]))


@pytest.mark.usefixtures("tiny_source")
def test_it_is_made_once_with_a_word(tmp_path: Path, tried: list[Precision]) -> None:
    told: list[str] = []
    first = ensure_exported(tmp_path / "cache", told.append)
    assert [line[:4] for line in told] == ["首次使用", "内置语义"]
    assert ensure_exported(tmp_path / "cache", told.append) == first
    assert (len(told), tried) == (2, ["int8"])
    manifest = json.loads((first.folder / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["meta"]["precision"] == "int8"
    assert manifest["meta"]["agreement"]["lowest"] >= 0.995
    assert set(manifest["files"]) == set(FILES)
    assert "int8" in first.fingerprint
    assert first.name.startswith("bundled:multilingual-e5-small-q4@")
    assert not [path for path in (tmp_path / "cache").iterdir() if path.name.startswith(".")]


@pytest.mark.usefixtures("tiny_source")
def test_exports_are_equal_and_callers_at_once_share_one(
    tiny_cache: Path, tmp_path: Path, tried: list[Precision]
) -> None:
    with ThreadPoolExecutor(3) as pool:
        made = set(pool.map(lambda _: ensure_exported(tmp_path / "new").fingerprint, range(3)))
    assert made == {ensure_exported(tiny_cache).fingerprint}
    assert tried == ["int8"]


def test_the_original_is_no_longer_needed(tiny_cache: Path, tried: list[Precision]) -> None:
    shutil.rmtree(ensure_bundled(tiny_cache))
    source = find_source(None, tiny_cache)
    encoder = Encoder.load(cache_dir=tiny_cache)
    assert (encoder.name, encoder.fingerprint) == (source.name, source.fingerprint)
    assert tried == []


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        (NETWORK, "cut"),
        (NETWORK, "change"),
        (WORDS, "change"),
        (WORDS, "remove"),
        (PIECES, "change"),
        (MANIFEST, "change"),
    ],
)
def test_a_broken_file_is_made_anew(tiny_cache: Path, tried: list[Precision], name: str, harm: str) -> None:
    whole = ensure_exported(tiny_cache)
    vectors = Encoder.load(cache_dir=tiny_cache).encode_passages(TEXTS)
    path = whole.folder / name
    data = path.read_bytes()
    if harm == "remove":
        path.unlink()
    else:
        middle = len(data) // 2
        path.write_bytes(data[:middle] if harm == "cut" else data[:middle] + b"\xff?" + data[middle + 2 :])
    mended = Encoder.load(cache_dir=tiny_cache)
    assert tried == ["int8"]
    assert mended.fingerprint == whole.fingerprint
    assert (mended.encode_passages(TEXTS) == vectors).all()


def test_other_weights_get_another_folder_and_fingerprint(tiny_cache: Path, tiny_source: Path) -> None:
    first = ensure_exported(tiny_cache)
    tiny_source.write_bytes(tiny_file(seed=8))
    other = ensure_exported(tiny_cache)
    assert other.folder != first.folder
    assert other.fingerprint != first.fingerprint


def test_what_was_interrupted_is_cleared(tiny_cache: Path) -> None:
    folder = ensure_exported(tiny_cache).folder
    (folder / MANIFEST).unlink()
    leftover = tiny_cache / f".{folder.name}.0123"
    leftover.mkdir()
    ensure_exported(tiny_cache)
    assert not leftover.exists()


# A cache that can't be written


@pytest.mark.usefixtures("tiny_source")
def test_no_permission_to_write_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(ModelError, match=r"无法写入模型缓存目录.*KG_MODEL_CACHE.*。$"):
        Encoder.load(cache_dir=tmp_path / "cache")


@pytest.mark.usefixtures("tiny_source")
def test_a_file_in_place_of_the_cache_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    with pytest.raises(ModelError, match="无法写入"):
        find_source(None, tmp_path / "cache")


def test_a_whole_model_in_a_cache_that_cannot_be_written_is_used(
    tiny_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_another_processor(monkeypatch, "another")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(acceptance, "replacing", refuse)
    assert Encoder.load(cache_dir=tiny_cache).encode_queries(["推进"]).shape == (1, 32)
    assert verdicts(tiny_cache) == []


# A check that fails


@pytest.mark.usefixtures("tiny_source")
@pytest.mark.parametrize(
    ("fails", "left"), [(("int8",), "int7"), (("int8", "int7"), "float32")], ids=["seven bits", "float"]
)
def test_what_fails_the_check_gives_way_to_the_next(
    tmp_path: Path, failing: Callable[..., None], fails: tuple[Precision, ...], left: str
) -> None:
    failing(*fails)
    exported = ensure_exported(tmp_path / "cache")
    assert exported.folder.name.endswith(left)
    assert left in exported.fingerprint
    assert ensure_exported(tmp_path / "cache") == exported
    vectors = Encoder.load(cache_dir=tmp_path / "cache").encode_passages(TEXTS)
    original = Encoder.load(str(ensure_bundled(tmp_path / "cache")), cache_dir=tmp_path)
    assert (vectors * original.encode_passages(TEXTS)).sum(axis=1).min() >= 0.99


@pytest.mark.usefixtures("tiny_source")
def test_where_nothing_agrees_it_is_told(tmp_path: Path, failing: Callable[..., None]) -> None:
    failing("int8", "int7", "float32")
    with pytest.raises(ModelError, match="与原模型不一致"):
        ensure_exported(tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*-onnx*/"))


# A cache that is carried to another machine


def test_it_is_checked_once_where_the_processor_differs(
    tiny_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ensure_exported(tiny_cache)
    checks: list[Path] = []
    passes = acceptance._passes
    monkeypatch.setattr(acceptance, "_passes", lambda e: bool(checks.append(e.folder)) or passes(e))
    assert ensure_exported(tiny_cache) == first
    assert checks == []
    on_another_processor(monkeypatch, "another")
    assert [ensure_exported(tiny_cache), ensure_exported(tiny_cache)] == [first, first]
    assert checks == [first.folder]
    on_another_processor(monkeypatch, "a third")
    assert ensure_exported(tiny_cache) == first
    assert len(checks) == len(verdicts(tiny_cache)) == 2


def test_it_falls_to_the_next_where_the_check_fails_and_comes_back(
    tiny_cache: Path, monkeypatch: pytest.MonkeyPatch, failing: Callable[..., None], tried: list[Precision]
) -> None:
    first = ensure_exported(tiny_cache)
    with monkeypatch.context() as there:
        on_another_processor(there, "no vnni")
        there.setattr(acceptance, "_passes", lambda e: False)
        other = ensure_exported(tiny_cache)
        assert other.folder.name.endswith("int7")
        assert ensure_exported(tiny_cache) == other
        assert tried == ["int7"]
    assert ensure_exported(tiny_cache) == first


def test_a_damaged_verdict_is_made_again(tiny_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_another_processor(monkeypatch, "another")
    first = ensure_exported(tiny_cache)
    (verdict,) = verdicts(tiny_cache)
    verdict.write_bytes(b"[")
    assert ensure_exported(tiny_cache) == first
    assert json.loads(verdict.read_text(encoding="utf-8"))["passed"] is True


def test_reference_vectors_that_differ_fail_the_check(tiny_cache: Path) -> None:
    exported = ensure_exported(tiny_cache)
    assert acceptance._passes(exported)
    reference = np.load(exported.folder / "reference.npy")
    reference[0] *= -1
    np.save(exported.folder / "reference.npy", reference)
    assert not acceptance._passes(exported)


def test_a_folder_of_another_kind_is_no_model(tmp_path: Path) -> None:
    for told in ("{}", "[]", "null", '{"kind": "x", "files": {}, "meta": {}}'):
        (tmp_path / MANIFEST).write_text(told)
        assert read_exported(tmp_path) is None
