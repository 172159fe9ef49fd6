import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings import bundled
from embeddings.encoder import Encoder
from tests.embeddings.tiny import tiny_file


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the bundled model is unpacked; KG_MODEL_CACHE keeps it from run to run."""
    kept = os.environ.get("KG_MODEL_CACHE")
    return Path(kept) if kept else tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def encoder(model_cache: Path) -> Encoder:
    return Encoder.load(cache_dir=model_cache)


@pytest.fixture
def tiny_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A weights file of a few kilobytes in place of the bundled one."""
    source = tmp_path / "source" / "tiny.bin"
    source.parent.mkdir()
    source.write_bytes(tiny_file())
    monkeypatch.setattr(bundled, "source_file", lambda: source)
    return source


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Any attempt to open a connection fails the test, even one that is caught."""
    attempts: list[object] = []

    def refuse(self: object, address: object) -> None:
        attempts.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.socket.connect_ex", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    yield
    assert attempts == []
