"""Files in, a published build out; or one plain sentence and an unchanged workspace."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from api.errors import WorkspaceError
from api.indexing.tokens import Words
from api.settings import Settings
from api.workspace.build import build_id, check_records, write_build
from api.workspace.decisions import Decisions
from api.workspace.knowledge import shipped
from api.workspace.store import Registered, State, Workspace, register, unregister
from kg.curation import Curation
from kg.knowledge import Knowledge
from kg.model import Plan
from kg.pipeline import Progress, extract, plan_of
from kg.reading import read_bytes

if TYPE_CHECKING:
    from embeddings.encoder import Encoder


@dataclass(frozen=True, slots=True)
class Ingested:
    """The ids of the documents given, and whether anything changed."""

    documents: tuple[str, ...]
    changed: bool


@dataclass(frozen=True)
class Ingestion:
    """One change of the workspace; ``encoder`` is called only when a build has to be made."""

    workspace: Workspace
    settings: Settings
    encoder: Callable[[str | None], Encoder]
    progress: Progress

    def add_files(self, files: Sequence[Path], rebuild: bool = False) -> Ingested:
        """Raises :class:`kg.errors.InputError` for the first file that cannot be used."""
        given = [_read(path) for path in files]
        return self._add(given, rebuild)

    def add_bytes(self, name: str, data: bytes) -> Ingested:
        bare = _writable(PurePath(name.replace("\\", "/")).name) or "document.txt"
        return self._add([(bare, bare, data)], False)

    def remove(self, document: str) -> tuple[str, str | None]:
        """The id of what was removed, and the new build."""
        # A name that does not exist is told before the lock makes a folder.
        unregister(self.workspace.state().documents, document)
        with self.workspace.writing():
            state = self.workspace.state()
            kept, removed = unregister(state.documents, document)
            build = self._publish(kept, state, False)
        return removed, build

    def refresh(self, rebuild: bool = False) -> str | None:
        """Build the documents there are anew, where decisions or knowledge have changed.

        The caller holds the workspace for writing.
        """
        state = self.workspace.state()
        return self._publish(state.documents, state, rebuild) if state.documents else None

    def rebuild(self) -> Ingested:
        """Make the build of the documents there are once more; nothing for an empty workspace."""
        if not self.workspace.state().documents:
            return Ingested((), False)
        with self.workspace.writing():
            self.refresh(rebuild=True)
            return Ingested(tuple(d.id for d in self.workspace.state().documents), True)

    def _add(self, given: Sequence[tuple[str, str, bytes]], rebuild: bool) -> Ingested:
        knowledge = self._knowledge()
        # Whether the files are plans is known before anything is written.
        for name, _, data in given:
            plan_of(data, name, "check", "", knowledge)
        with self.workspace.writing():
            state = self.workspace.state()
            documents = state.documents
            ids = []
            for name, origin, data in given:
                documents, id_ = register(documents, name, origin, self.workspace.keep_source(data))
                ids.append(id_)
            before = (state.documents, state.build)
            build = self._publish(documents, state, rebuild)
        return Ingested(tuple(dict.fromkeys(ids)), rebuild or before != (documents, build))

    def _publish(self, documents: tuple[Registered, ...], state: State, rebuild: bool) -> str | None:
        if not documents:
            self.workspace.publish(State(), None)
            return None
        from embeddings.sources import find_source

        knowledge = self._knowledge()
        self.progress("准备语义模型", 0, 1)
        settings, model = self.settings, self.settings.model or state.model
        source = find_source(model, settings.model_cache, not settings.allow_download)
        decisions = Decisions(self.workspace.decisions)
        pairs = [(d.id, d.digest) for d in documents]
        build = build_id(pairs, knowledge, source.fingerprint, decisions.digest())
        if rebuild or build != state.build or not self._whole(state):
            self._make(State(documents, build, None, model), knowledge, decisions.curation())
        elif documents != state.documents:
            self.workspace.publish(State(documents, build, None, model), None)
        return build

    def _whole(self, state: State) -> bool:
        try:
            check_records(self.workspace.build_folder(state))
            return True
        except WorkspaceError:
            return False

    def _make(self, state: State, knowledge: Knowledge, curation: Curation) -> None:
        from embeddings.cache import EmbeddingCache

        extraction = extract(
            self._plans(state.documents, knowledge), knowledge, self.progress, curation=curation
        )
        self.progress("载入语义模型", 0, 1)
        encoder = self.encoder(state.model)
        folder = self.workspace.preparing(state.build or "")
        try:
            cache = EmbeddingCache(self.workspace.vector_cache)
            words = Words.of(alias for entity in extraction.entities for alias in entity.aliases)
            write_build(folder, extraction, knowledge, encoder, cache, words, self.progress)
            self.workspace.publish(state, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _plans(self, documents: tuple[Registered, ...], knowledge: Knowledge) -> list[Plan]:
        plans = []
        for done, document in enumerate(documents):
            self.progress("读取文件", done, len(documents))
            data = self.workspace.source(document)
            plans.append(plan_of(data, document.name, document.id, document.digest, knowledge))
        return plans

    def _knowledge(self) -> Knowledge:
        return shipped().with_folder(self.workspace.knowledge)


def _read(path: Path) -> tuple[str, str, bytes]:
    """The name, the absolute path and the bytes of a file."""
    data = read_bytes(path)
    return _writable(path.name), _writable(str(path.resolve())), data


def _writable(name: str) -> str:
    # A file's name may be bytes that are no text; what is written down must be.
    return name.encode("utf-8", "replace").decode("utf-8")
