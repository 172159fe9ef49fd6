"""Files in, a published build out; or one plain sentence and an unchanged workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath

from api.errors import MadeByAnotherVersion, WorkspaceError
from api.indexing.indexes import Encoding
from api.settings import Settings
from api.workspace.builder import Builder
from api.workspace.decisions import Decisions
from api.workspace.knowledge import shipped
from api.workspace.manifest import BuildFiles, build_id, manifest_of
from api.workspace.store import Registered, State, Workspace, register, unregister
from kg.knowledge import Knowledge
from kg.progress import Progress
from kg.reading import read_bytes


@dataclass(frozen=True, slots=True)
class Ingested:
    """The ids of the documents given, and whether anything changed."""

    documents: tuple[str, ...]
    changed: bool


@dataclass(frozen=True)
class Ingestion:
    """One change of the workspace; ``encoding`` gives the encoder of a model, not loaded yet."""

    workspace: Workspace
    settings: Settings
    builder: Builder
    encoding: Callable[[str | None], Encoding]
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
        known = self.workspace.folder.is_dir()
        documents = self.workspace.state().documents if known else ()
        for name, origin, data in given:
            documents, id_ = register(documents, name, origin, sha256(data).hexdigest())
            document = next(document for document in documents if document.id == id_)
            self.builder.check(document, data, knowledge)
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
        knowledge = self._knowledge()
        if self.outdated():
            self.progress("图谱由另一个版本生成，正在从原文重新生成", 0, 1)
        self.progress("准备语义模型", 0, 1)
        model = self.settings.model or state.model
        encoding = self.encoding(model)
        decisions = Decisions(self.workspace.decisions)
        build = build_id(documents, knowledge, encoding.fingerprint, decisions.digest())
        new = State(documents, build, None, model)
        if rebuild:
            self.builder.forget()
        if rebuild or build != state.build or not self._whole(state):
            linking = not rebuild and build != state.build
            self.builder.build(new, knowledge, decisions.curation(), encoding, self.progress, linking)
        elif documents != state.documents:
            self.workspace.publish(new, None)
        return build

    def outdated(self) -> bool:
        """Whether the published build was made by another version."""
        state = self.workspace.state()
        try:
            if state.build:
                manifest_of(self.workspace.build_folder(state))
        except MadeByAnotherVersion:
            return True
        except WorkspaceError:
            pass
        return False

    def _whole(self, state: State) -> bool:
        try:
            BuildFiles(self.workspace.build_folder(state)).check()
            return True
        except WorkspaceError:
            return False

    def _knowledge(self) -> Knowledge:
        return shipped().with_folder(self.workspace.knowledge)


def _read(path: Path) -> tuple[str, str, bytes]:
    """The name, the absolute path and the bytes of a file."""
    data = read_bytes(path)
    return _writable(path.name), _writable(str(path.resolve())), data


def _writable(name: str) -> str:
    # A file's name may be bytes that are no text; what is written down must be.
    return name.encode("utf-8", "replace").decode("utf-8")
