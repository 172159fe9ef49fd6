"""The weights that all contenders share: those of the bundled model, as a sentence-transformers folder."""

from __future__ import annotations

from pathlib import Path

QUERY, PASSAGE = "query: ", "passage: "
"""What this model wants before a question and before a text."""


def folder() -> Path:
    """The unpacked model. Raises :class:`SystemExit` where it has no form that others can read."""
    from embeddings.sources import find_source

    found = find_source(None, cache()).folder
    if not (found / "modules.json").is_file():
        raise SystemExit(f"{found} is no sentence-transformers model, rivals can't be given the same weights")
    return found


def cache() -> Path:
    """Where models are unpacked."""
    from api.settings import Settings

    return Settings().model_cache
