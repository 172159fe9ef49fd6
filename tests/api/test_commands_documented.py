"""Both READMEs name every command and every address, and none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from api.cli import app
from api.rest import PREFIX, create_app
from api.service import KnowledgeService
from api.settings import Settings
from tests.api.support import ROOT

READMES = ["README.md", "README.zh-CN.md"]
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
DUE = {
    "ingest",
    "documents",
    "remove",
    "items",
    "entities",
    "mentions",
    "facts",
    "search",
    "trace",
    "export",
    "serve",
}


def paths(workspace: Path) -> list[str]:
    schema = create_app(KnowledgeService(Settings(workspace=workspace))).openapi()
    return [path.removeprefix(PREFIX) for path in schema["paths"]]


def readme(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_command_that_is_due_exists() -> None:
    assert set(COMMANDS) >= DUE


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_named(name: str) -> None:
    text = readme(name)
    assert [c for c in COMMANDS if not re.search(rf"\bkg {c}\b", text)] == []


@pytest.mark.parametrize("name", READMES)
def test_no_command_is_named_that_does_not_exist(name: str) -> None:
    named = set(re.findall(r"(?:`|bin/)kg ([a-z]+)", readme(name)))
    assert named
    assert named - set(COMMANDS) == set()


@pytest.mark.parametrize("name", READMES)
def test_every_address_is_named(name: str, tmp_path: Path) -> None:
    text = readme(name)
    addresses = [*paths(tmp_path), "/docs"]
    assert len(addresses) > 8
    assert [path for path in addresses if path not in text] == []


@pytest.mark.parametrize("name", READMES)
def test_every_exit_status_is_named(name: str) -> None:
    text = readme(name)
    assert [status for status in "012345" if not re.search(rf"(?<!\d){status}(?!\d)", text)] == []


@pytest.mark.parametrize("name", READMES)
def test_every_export_format_is_named(name: str) -> None:
    from api.exports import FORMATS

    assert [format_ for format_ in FORMATS if f"`{format_}`" not in readme(name)] == []
