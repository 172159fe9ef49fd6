"""A tiny workspace that is built once and copied for every test that changes something."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli import main
from api.encoders import Encoders
from api.service import KnowledgeService
from tests.api.support import OTHER, STATIONS, TINY, opened, plan, write


@pytest.fixture(scope="session")
def encoded(service: KnowledgeService, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder with the vectors of the tiny plans, so that each is encoded once a session."""
    folder = tmp_path_factory.mktemp("encoded")
    plans = {"tiny": TINY, "other": OTHER, "stations": plan(STATIONS)}
    files = [write(folder / f"{name}.txt", text) for name, text in plans.items()]
    opened(folder / "workspace", service).ingest(files)
    return folder / "workspace" / "cache"


@pytest.fixture(scope="session")
def tiny(service: KnowledgeService, encoded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``tiny.txt`` and a ``workspace`` that holds it; tests must not change it."""
    folder = tmp_path_factory.mktemp("tiny")
    shutil.copytree(encoded, folder / "workspace" / "cache")
    opened(folder / "workspace", service).ingest([write(folder / "tiny.txt", TINY)])
    return folder


@pytest.fixture
def fresh(service: KnowledgeService, encoded: Path, tmp_path: Path) -> KnowledgeService:
    """A service over a workspace without documents."""
    shutil.copytree(encoded, tmp_path / "fresh" / "cache")
    return opened(tmp_path / "fresh", service)


@pytest.fixture
def workspace(tiny: Path, tmp_path: Path) -> Path:
    """A copy of the tiny workspace, free to be changed or damaged."""
    return Path(shutil.copytree(tiny / "workspace", tmp_path / "workspace"))


@pytest.fixture
def kg(workspace: Path, service: KnowledgeService) -> KnowledgeService:
    """A service over the copy."""
    return opened(workspace, service)


@pytest.fixture
def command(
    service: KnowledgeService, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """The command line inside this process: (exit status, standard output, standard error).

    All commands share one encoder, which takes seconds to load.
    """
    encoder = service.encoder
    monkeypatch.setattr(Encoders, "of", lambda self, model: encoder)

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return call
