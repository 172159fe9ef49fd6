"""The cache folder, tried with a model of a few kilobytes."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from embeddings import ModelError, bundled, weights
from embeddings.bundled import ensure_bundled, source_file
from embeddings.sealed import MANIFEST
from embeddings.tokenizer import unigram_tokenizer
from tests.embeddings.tiny import tiny_file


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every folder that a model was written to."""
    folders: list[Path] = []
    write = bundled.write_model

    def counted(records: weights.Weights, folder: Path) -> None:
        folders.append(folder)
        write(records, folder)

    monkeypatch.setattr(bundled, "write_model", counted)
    return folders


def snapshot(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.usefixtures("tiny_source")
def test_a_whole_folder_is_made_once(tmp_path: Path, built: list[Path]) -> None:
    first = ensure_bundled(tmp_path / "cache")
    assert ensure_bundled(tmp_path / "cache") == first
    assert len(built) == 1
    names = {path.name for path in (tmp_path / "cache").iterdir()}
    assert names == {first.name, first.name + ".lock"}


@pytest.mark.usefixtures("tiny_source")
@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", MANIFEST])
@pytest.mark.parametrize("harm", ["cut", "change", "remove"])
def test_a_broken_folder_is_rebuilt(tmp_path: Path, built: list[Path], name: str, harm: str) -> None:
    folder = ensure_bundled(tmp_path)
    whole = snapshot(folder)
    path = folder / name
    if harm == "remove":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(data[:-9] if harm == "cut" else data[:-9] + b"?" + data[-8:])
    assert ensure_bundled(tmp_path) == folder
    assert len(built) == 2
    assert snapshot(folder) == whole


@pytest.mark.usefixtures("tiny_source")
def test_leftovers_of_an_interrupted_build_are_cleared(tmp_path: Path) -> None:
    folder = ensure_bundled(tmp_path)
    (folder / MANIFEST).unlink()
    leftover = tmp_path / f".{folder.name}.0123"
    leftover.mkdir()
    ensure_bundled(tmp_path)
    assert not leftover.exists()


def test_other_weights_get_another_folder(tmp_path: Path, tiny_source: Path) -> None:
    first = ensure_bundled(tmp_path)
    tiny_source.write_bytes(tiny_file(seed=8))
    assert ensure_bundled(tmp_path) != first


@pytest.mark.usefixtures("tiny_source")
def test_callers_at_once_share_one_build(tmp_path: Path, built: list[Path]) -> None:
    with ThreadPoolExecutor(3) as pool:
        folders = set(pool.map(ensure_bundled, [tmp_path] * 3))
    assert len(folders) == 1
    assert len(built) == 1


def test_damaged_source_weights_are_reported(tmp_path: Path, tiny_source: Path) -> None:
    tiny_source.write_bytes(tiny_file()[:-1])
    with pytest.raises(ModelError, match="损坏"):
        ensure_bundled(tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]


def test_a_missing_tensor_is_reported(tmp_path: Path, tiny_source: Path) -> None:
    tiny_source.write_bytes(tiny_file(drop="l0.fi.w"))
    with pytest.raises(ModelError, match="缺少"):
        ensure_bundled(tmp_path / "cache")


@pytest.mark.usefixtures("tiny_source")
def test_a_cache_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="无法写入"):
        ensure_bundled(tmp_path / "file")


@pytest.mark.usefixtures("tiny_source")
def test_nothing_is_written_to_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ensure_bundled(tmp_path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("tiny_source")
def test_the_folder_names_its_prompts_and_source(tmp_path: Path) -> None:
    folder = ensure_bundled(tmp_path)
    config = json.loads((folder / "config_sentence_transformers.json").read_text())
    assert config["prompts"]["query"] == "query: "
    assert config["prompts"]["passage"] == "passage: "
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["meta"]["source"] == "tiny.bin"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("推进建设", ["▁", "推进", "建设"]),
        ("a\t \u3000a", ["▁a", "▁a"]),
        ("推\x01进①", ["▁", "推进", "1"]),
        ("推进龘龘建设", ["▁", "推进", "龘龘", "建设"]),
        ("Ａ", ["▁a"]),
    ],
)
def test_a_text_is_cut_into_pieces(text: str, pieces: list[str]) -> None:
    vocabulary = weights.parse(tiny_file()).vocabulary
    assert unigram_tokenizer(vocabulary).encode(text).tokens == ["<s>", *pieces, "</s>"]


def test_a_missing_package_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="请安装"):
        source_file()
