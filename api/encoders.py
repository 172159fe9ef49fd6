"""The encoders that a service has loaded, by model."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from api.settings import Settings

if TYPE_CHECKING:
    from api.indexing.indexes import Encoding
    from embeddings.encoder import Encoder


class Encoders:
    """Loads each encoder once, when it is first needed. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._loaded: dict[str | None, Encoder] = {}
        self._shared: Encoder | None = None

    def share(self, encoder: Encoder) -> None:
        """Use an encoder that is loaded already for every model."""
        self._shared = encoder

    def of(self, model: str | None) -> Encoder:
        """The encoder of a model; loading it takes seconds. Raises :class:`embeddings.errors.ModelError`."""
        from embeddings.encoder import Encoder

        with self._lock:
            if self._shared is not None:
                return self._shared
            if model not in self._loaded:
                settings = self._settings
                local = not settings.allow_download
                self._loaded[model] = Encoder.load(model, cache_dir=settings.model_cache, local_only=local)
            return self._loaded[model]

    def encoding(self, model: str | None, notify: Callable[[str], None] | None = None) -> Encoding:
        """The encoder of a model for a build, loaded only where something must be encoded.

        ``notify`` is told in one line what takes long. Raises :class:`embeddings.errors.ModelError`.
        """
        from api.indexing.indexes import Encoding

        with self._lock:
            known = self._shared or self._loaded.get(model)
        if known is not None:
            return Encoding(known.name, known.fingerprint, lambda: known, known.dimension)
        from embeddings.sources import find_source

        settings = self._settings
        source = find_source(model, settings.model_cache, not settings.allow_download, notify)
        return Encoding(source.name, source.fingerprint, lambda: self.of(model))
