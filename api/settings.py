"""What a user may set, by option or by environment; nothing is read at import."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs


def _model_cache() -> Path:
    chosen = os.environ.get("KG_MODEL_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("workplan-kg")) / "models"


@dataclass(frozen=True)
class Settings:
    """``model`` is a sentence-transformers name or path; ``None`` is the packaged one.

    ``allow_download`` is the only way to make the program reach for a model hub.
    """

    workspace: Path = Path("workspace")
    model: str | None = None
    model_cache: Path = field(default_factory=_model_cache)
    allow_download: bool = False
