import json
import shutil
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest

from embeddings import ModelError
from embeddings.bundled import ensure_bundled
from embeddings.encoder import CHUNK, Encoder
from embeddings.sources import folder_fingerprint


@pytest.fixture
def tiny_model(tmp_path: Path, tiny_source: Path) -> Path:
    """A sentence-transformers folder of a few kilobytes."""
    return ensure_bundled(tmp_path / "tiny")


@pytest.fixture
def tiny_encoder(tmp_path: Path, tiny_model: Path) -> Encoder:
    return Encoder.load(str(tiny_model), cache_dir=tmp_path)


def without_prompts(folder: Path) -> Path:
    path = folder / "config_sentence_transformers.json"
    config = json.loads(path.read_text())
    config["prompts"] = {"query": "", "document": ""}
    path.write_text(json.dumps(config))
    return folder


def test_rows_have_length_one_and_keep_their_order(tiny_encoder: Encoder) -> None:
    texts = ["推进", "推进建设a1a1a1", "", "建设"]
    vectors = tiny_encoder.encode_passages(texts)
    assert vectors.shape == (4, tiny_encoder.dimension) == (4, 32)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    alone = np.concatenate([tiny_encoder.encode_passages([text]) for text in texts])
    np.testing.assert_allclose(vectors, alone, atol=1e-5)


def test_no_texts_give_no_rows(tiny_encoder: Encoder) -> None:
    assert tiny_encoder.encode_queries([]).shape == (0, 32)
    assert tiny_encoder.encode_passages([]).shape == (0, 32)


def test_a_single_string_is_refused(tiny_encoder: Encoder) -> None:
    with pytest.raises(TypeError):
        tiny_encoder.encode_queries("推进")


def test_half_a_surrogate_pair_is_encoded(tiny_encoder: Encoder) -> None:
    assert np.isfinite(tiny_encoder.encode_passages(["推进\ud83d"])).all()


def test_queries_and_passages_get_their_own_prompts(tiny_encoder: Encoder) -> None:
    as_query, as_passage = tiny_encoder.encode_queries(["a"]), tiny_encoder.encode_passages(["a"])
    assert not np.allclose(as_query, as_passage)
    direct = tiny_encoder._backend.model.encode(["passage: a"], prompt="", show_progress_bar=False)
    np.testing.assert_allclose(as_passage, direct, atol=1e-5)


def test_a_model_without_prompts_gets_none(tmp_path: Path, tiny_model: Path) -> None:
    encoder = Encoder.load(str(without_prompts(tiny_model)), cache_dir=tmp_path)
    as_query, as_passage = encoder.encode_queries(["推进"]), encoder.encode_passages(["推进"])
    np.testing.assert_allclose(as_query, as_passage, atol=1e-6)


def test_progress_is_told_by_chunk(tiny_encoder: Encoder) -> None:
    seen: list[tuple[int, int]] = []
    total = CHUNK + 3
    tiny_encoder.encode_passages(["推"] * total, lambda done, of: seen.append((done, of)))
    assert seen == [(CHUNK, total), (total, total)]


def test_fewer_threads_for_a_while(tmp_path: Path, tiny_model: Path) -> None:
    import torch

    before = torch.get_num_threads()
    encoder = Encoder.load(str(tiny_model), cache_dir=tmp_path, threads=1)
    assert encoder.encode_queries(["推进"]).shape == (1, 32)
    assert torch.get_num_threads() == before


def test_the_fingerprint_follows_the_contents(tmp_path: Path, tiny_model: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_model, copy)
    assert folder_fingerprint(copy) == folder_fingerprint(tiny_model)
    (copy / "README.md").write_text("a card")
    assert folder_fingerprint(copy) == folder_fingerprint(tiny_model)
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "model.safetensors").write_bytes(weights)
    assert folder_fingerprint(copy) != folder_fingerprint(tiny_model)


@pytest.mark.usefixtures("offline")
def test_a_name_is_looked_up_locally(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = tmp_path / "hub" / "models--someone--tiny"
    shutil.copytree(tiny_model, repository / "snapshots" / ("0" * 40))
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    encoder = Encoder.load("someone/tiny", cache_dir=tmp_path)
    assert encoder.name == "someone/tiny"
    assert encoder.fingerprint == folder_fingerprint(tiny_model)
    assert encoder.encode_queries(["推进"]).shape == (1, 32)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("name", ["nobody/nothing", "nothing", "/no/such/folder", "a b?c"])
def test_a_model_out_of_reach_is_reported(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    with pytest.raises(ModelError, match="没有找到模型"):
        Encoder.load(name, cache_dir=tmp_path)


def test_downloading_takes_explicit_permission(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def download(name: str, *, local_files_only: bool, ignore_patterns: list[str]) -> str:
        asked.append(local_files_only)
        return str(tiny_model)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    Encoder.load("someone/tiny", cache_dir=tmp_path)
    Encoder.load("someone/tiny", cache_dir=tmp_path, local_only=False)
    assert asked == [True, False]


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_damaged_model_folder_is_reported(
    tmp_path: Path, tiny_model: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (tiny_model / name).write_bytes(b"{")
    with pytest.raises(ModelError, match="无法加载模型"):
        Encoder.load(str(tiny_model), cache_dir=tmp_path)
    assert capfd.readouterr() == ("", "")


def test_an_empty_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="无法加载模型"):
        Encoder.load(str(tmp_path), cache_dir=tmp_path)
