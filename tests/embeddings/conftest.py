import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.settings import Settings
from embeddings import bundled
from embeddings.encoder import Encoder
from embeddings.onnx_model import ensure_exported
from tests.embeddings.tiny import tiny_file


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """The user's own cache (or KG_MODEL_CACHE), so that the bundled model is exported once for all tests."""
    return Settings().model_cache


@pytest.fixture(scope="session")
def encoder(model_cache: Path) -> Encoder:
    """The default: the bundled model on ONNX Runtime."""
    return Encoder.load(cache_dir=model_cache)


@pytest.fixture(scope="session")
def original(model_cache: Path) -> Encoder:
    """The same model with sentence-transformers: what the default is measured by."""
    return Encoder.load(str(bundled.ensure_bundled(model_cache)), cache_dir=model_cache)


@pytest.fixture
def tiny_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A weights file of a few kilobytes in place of the bundled one."""
    source = tmp_path / "source" / "tiny.bin"
    source.parent.mkdir()
    source.write_bytes(tiny_file())
    monkeypatch.setattr(bundled, "source_file", lambda: source)
    return source


@pytest.fixture(scope="session")
def tiny_exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with a model of a few kilobytes, exported; tests must not change it."""
    folder = tmp_path_factory.mktemp("exported")
    (folder / "tiny.bin").write_bytes(tiny_file())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundled, "source_file", lambda: folder / "tiny.bin")
        ensure_exported(folder / "cache")
    return folder / "cache"


@pytest.fixture
def tiny_cache(tiny_exported: Path, tiny_source: Path, tmp_path: Path) -> Path:
    """A copy of it, free to be changed or damaged, for the weights that ``tiny_source`` puts in place."""
    return Path(shutil.copytree(tiny_exported, tmp_path / "cache"))


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
