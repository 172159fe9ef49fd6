"""The outer ring: where the graph and its meaning meet, and every way in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.service import KnowledgeService

__all__ = ["open_workspace"]


def open_workspace(folder: str | Path = "workspace", model: str | None = None) -> KnowledgeService:
    """What the command line, REST and notebooks all use; nothing is read until it is asked for."""
    from api.service import KnowledgeService
    from api.settings import Settings

    return KnowledgeService(Settings(workspace=Path(folder), model=model))
