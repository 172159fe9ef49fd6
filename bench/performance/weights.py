"""The weights that all contenders share: those of the bundled model, as a sentence-transformers folder."""

from __future__ import annotations

from pathlib import Path

QUERY, PASSAGE = "query: ", "passage: "
"""What this model wants before a question and before a text."""


def folder() -> Path:
    """The unpacked model, which is what this project's own export is made from."""
    from embeddings.bundled import ensure_bundled

    return ensure_bundled(cache())


def cache() -> Path:
    """Where models are unpacked."""
    from api.settings import Settings

    return Settings().model_cache
