"""The default encoder at work: the real model."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoder import Encoder
from embeddings.onnx_encoder import OnnxBackend
from tests.embeddings.test_bundled_model import SENTENCES

RUN_TIME = """
import sys
from pathlib import Path
from embeddings.encoder import Encoder
from embeddings.sources import find_source

source = find_source(None, Path(sys.argv[1]))
encoder = Encoder.load(cache_dir=Path(sys.argv[1]))
assert encoder.fingerprint == source.fingerprint
assert encoder.encode_queries(["停车难"]).shape == (1, 384)
assert encoder.encode_passages(["新建停车位", ""]).shape == (2, 384)
heavy = {"torch", "transformers", "sentence_transformers", "onnx", "scipy", "sklearn"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""


@pytest.mark.usefixtures("encoder")
def test_at_run_time_no_torch_is_loaded(model_cache: Path) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", RUN_TIME, str(model_cache)], check=True)


def test_a_vector_is_the_same_whatever_stands_beside_it(encoder: Encoder) -> None:
    texts = [*SENTENCES, "", "验收", "推进产业园建设。" * 60]
    together = encoder.encode_passages(texts)
    assert (encoder.encode_passages(texts[::-1])[::-1] == together).all()
    assert (np.concatenate([encoder.encode_passages([text]) for text in texts]) == together).all()


@pytest.mark.usefixtures("encoder")
def test_callers_at_once_get_what_one_gets_alone(model_cache: Path, encoder: Encoder) -> None:
    fresh = Encoder.load(cache_dir=model_cache)  # which remembers nothing
    questions = [f"{sentence}{number}" for number in range(4) for sentence in SENTENCES]
    alone = encoder.encode_queries(questions)
    with ThreadPoolExecutor(16) as pool:
        batch = pool.submit(fresh.encode_passages, list(SENTENCES) * 3)
        vectors = list(pool.map(lambda question: fresh.encode_queries([question])[0], questions))
    assert (np.stack(vectors) == alone).all()
    assert (batch.result() == np.tile(encoder.encode_passages(list(SENTENCES)), (3, 1))).all()


def test_one_thread_gives_the_same(model_cache: Path, encoder: Encoder) -> None:
    single = Encoder.load(cache_dir=model_cache, threads=1)
    texts = list(SENTENCES[:6])
    assert (single.encode_passages(texts) == encoder.encode_passages(texts)).all()


def test_a_question_asked_again_is_not_encoded_again(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = encoder.encode_queries(["停车难怎么办"])
    monkeypatch.setattr(OnnxBackend, "vectors", lambda *_: pytest.fail("encoded again"))
    assert (encoder.encode_queries(["停车难怎么办"]) == first).all()


@pytest.mark.usefixtures("encoder")
def test_what_is_begun_is_what_is_asked_for(model_cache: Path, encoder: Encoder) -> None:
    backend = Encoder.load(cache_dir=model_cache, threads=2)
    backend.begin("停车难怎么办呢")
    backend.begin("没有人问")
    assert (backend.encode_queries(["停车难怎么办呢"]) == encoder.encode_queries(["停车难怎么办呢"])).all()


@pytest.mark.usefixtures("encoder")
def test_nothing_is_begun_beside_other_texts_or_on_one_thread(model_cache: Path) -> None:
    backend = Encoder.load(cache_dir=model_cache, threads=2)._backend
    assert isinstance(backend, OnnxBackend)
    with backend._turns.turn():
        assert backend.begin("停车难", "") is None
    single = Encoder.load(cache_dir=model_cache, threads=1)._backend
    assert single.begin("停车难", "") is None


def test_it_ranks_as_the_original_does(encoder: Encoder, original: Encoder) -> None:
    passages = list(SENTENCES)
    one, other = encoder.encode_passages(passages), original.encode_passages(passages)
    assert (one * other).sum(axis=1).min() >= 0.995
    nearest, expected = ((vectors @ vectors.T).argsort(axis=1)[:, -4:] for vectors in (one, other))
    shared = [len(np.intersect1d(a, b)) / 4 for a, b in zip(nearest, expected, strict=True)]
    assert np.mean(shared) >= 0.8
