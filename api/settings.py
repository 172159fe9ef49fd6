"""What a user may set, by option or by environment; nothing is read at import."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


def _model_cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("workplan-kg")) / "models"


def _variable(name: str, read: Callable[[str], T], default: Callable[[], T]) -> T:
    """A variable of the environment; an empty one is none."""
    given = os.environ.get(name)
    return read(given) if given else default()


class Settings(BaseModel):
    """What is not given comes from ``KG_WORKSPACE``, ``KG_MODEL`` and ``KG_MODEL_CACHE``, an empty one being none.

    ``model`` is a sentence-transformers name or path; ``None`` is the packaged one. ``allow_download`` is the only
    way to make the program reach for a model hub, and no environment sets it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    workspace: Path = Field(
        default_factory=partial(_variable, "KG_WORKSPACE", Path, lambda: Path("workspace"))
    )
    model: str | None = Field(default_factory=partial(_variable, "KG_MODEL", str, lambda: None))
    model_cache: Path = Field(default_factory=partial(_variable, "KG_MODEL_CACHE", Path, _model_cache))
    allow_download: bool = False
