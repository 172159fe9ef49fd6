"""Makes builds, doing only what changed since the one before; a service keeps one between its builds."""

from __future__ import annotations

import gc
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.indexing.indexes import Encoding, Indexer
from api.indexing.token_cache import TokenCache
from api.indexing.views import Views
from api.workspace.assembly import Assembly
from api.workspace.build import write_build
from api.workspace.store import Registered, State, Workspace
from embeddings.blobs import BlobCache
from embeddings.cache import EmbeddingCache
from kg.curation import Curation
from kg.knowledge import Knowledge
from kg.progress import Progress
from kg.version import code_version

_SELDOM = 200_000
"""Objects between two collections of garbage while a build is made, which makes many and throws few away."""
_collector = threading.Lock()


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Garbage is collected for the whole process: of builds made side by side one sets how often."""
    if not _collector.acquire(blocking=False):
        yield
        return
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
        _collector.release()


class Builder:
    """Documents → a published build. What the stages made is kept, in memory and in the workspace's cache."""

    def __init__(self, workspace: Workspace) -> None:
        # The version of the code that runs, before an upgrade may replace the files it came from.
        code_version()
        self._workspace = workspace
        self._lock = threading.RLock()
        self._begin()

    def _begin(self) -> None:
        cache = self._workspace.cache
        self._assembly = Assembly(cache / "documents.sqlite")
        self._views = Views()
        made = cache / "documents.sqlite"
        tokens = TokenCache(BlobCache(made, "tokens"), BlobCache(made, "token_blocks"))
        self._indexer = Indexer(tokens, EmbeddingCache(cache / "vectors.sqlite"))

    def forget(self) -> None:
        """Let the next build be made from the sources alone; only vectors are kept."""
        with self._lock:
            (self._workspace.cache / "documents.sqlite").unlink(missing_ok=True)
            self._begin()

    def check(self, document: Registered, data: bytes, knowledge: Knowledge) -> None:
        """Read a document as a plan, and keep what was read. Raises :class:`kg.errors.InputError`."""
        with self._lock:
            self._assembly.plan(document, lambda: data, knowledge)

    def build(
        self,
        state: State,
        knowledge: Knowledge,
        curation: Curation,
        encoding: Encoding,
        progress: Progress,
        linking: bool = True,
    ) -> None:
        """Make and publish the build of ``state``. The caller holds the workspace for writing.

        Without ``linking`` nothing is taken from the build before. Raises :class:`kg.errors.InputError`,
        :class:`api.errors.WorkspaceError`, :class:`embeddings.errors.EmbeddingError`, OSError; and nothing changes.
        """
        with self._lock, _collecting_seldom():
            # Whatever order they came in, the same documents make the same build.
            ordered = sorted(state.documents, key=lambda document: document.id)
            for document in ordered:
                # A source that is lost or altered is told before anything is built beside it.
                self._workspace.source(document)
            assembled = self._assembly.joined(ordered, self._workspace.source, knowledge, curation, progress)
            earlier = self._earlier() if linking else None
            folder = self._workspace.preparing(state.build or "")
            try:
                write_build(
                    folder, assembled, knowledge, self._views, encoding, self._indexer, earlier, progress
                )
                self._workspace.publish(state, folder)
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def _earlier(self) -> Path | None:
        """The folder of the published build."""
        state = self._workspace.state()
        return self._workspace.build_folder(state) if state.build else None
