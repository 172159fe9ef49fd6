"""The workspace on disk: what must never be lost, and the builds derived from it.

::

    workspace/
      state.json         the documents there are and the published build: one file, one atomic step
      sources/<sha256>   the bytes of every file that was ever ingested
      decisions.jsonl    what the curator decided, who and when
      knowledge/         the user's own vocabulary files, never written by the program
      builds/<id>/       a published build; derived, can be made anew
      cache/             what stages made of documents and texts, by the hash of their inputs; can be made anew
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any
from uuid import uuid4

from filelock import FileLock

from api.errors import WorkspaceError, WorkspaceUnwritable
from embeddings.files import replacing
from kg.errors import Ambiguous, NotFound

FORMAT = 1
"""Raised whenever an older program could not read what this one writes."""
_KEPT_BUILDS = 2
_YOUNG = 300
"""Seconds for which no build is removed: a reader may be about to load its indexes."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A document of the workspace; ``origin`` is the absolute path it came from, or its name."""

    id: str
    name: str
    digest: str
    origin: str


@dataclass(frozen=True, slots=True)
class State:
    """What ``state.json`` holds; ``build`` is ``None`` while there are no documents.

    ``folder`` is the name of the build's folder: its id, or that with a number for a build that was
    made again while the earlier one was being read. ``model`` is what the user asked for, so that later
    commands need not repeat it.
    """

    documents: tuple[Registered, ...] = ()
    build: str | None = None
    folder: str | None = None
    model: str | None = None


class Workspace:
    """Paths and atomic steps; knows nothing of what a build means."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = folder / "sources"
        self.builds = folder / "builds"
        self.knowledge = folder / "knowledge"
        self.cache = folder / "cache"
        self.decisions = folder / "decisions.jsonl"
        self._state = folder / "state.json"

    def state(self) -> State:
        """The published state; empty for a folder that is not a workspace yet.

        Raises :class:`WorkspaceError` where it is damaged or of a newer version.
        """
        try:
            text = self._state.read_text(encoding="utf-8")
        except FileNotFoundError:
            return State()
        except (OSError, UnicodeDecodeError) as error:
            raise WorkspaceError(f"工作区“{self.folder}”无法读取（{error}），请检查该文件夹。") from None
        return self._parse(text)

    def stamp(self) -> tuple[int, int]:
        """Changes whenever another process publishes."""
        try:
            stat = self._state.stat()
        except OSError:
            return (0, 0)
        return (stat.st_mtime_ns, stat.st_ino)

    def _parse(self, text: str) -> State:
        try:
            data: dict[str, Any] = json.loads(text)
            version = int(data["format"])
            if version > FORMAT:
                raise WorkspaceError(
                    f"工作区“{self.folder}”由更新的版本写成（格式 {version}），请升级本程序后再打开。"
                )
            if version < FORMAT:
                raise WorkspaceError(
                    f"工作区“{self.folder}”是旧版格式 {version}，请换一个工作区重新导入文件。"
                )
            return State(
                tuple(Registered(**d) for d in list(data["documents"])),
                _text(data["build"]),
                _text(data.get("folder")),
                _text(data.get("model")),
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            raise WorkspaceError(
                f"工作区“{self.folder}”的 state.json 已损坏，请从备份恢复，或换一个工作区重新导入文件。"
            ) from None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the workspace for writing; other writers wait. Raises :class:`WorkspaceUnwritable`."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock")
            lock.acquire()
        except (OSError, NotImplementedError) as error:
            raise self._unwritable(error) from None
        try:
            yield
        except OSError as error:
            raise self._unwritable(error) from None
        finally:
            lock.release()

    def _unwritable(self, error: Exception) -> WorkspaceUnwritable:
        reason = getattr(error, "strerror", None) or str(error)
        return WorkspaceUnwritable(
            f"无法写入工作区“{self.folder}”（{reason}），请检查权限或用 --workspace 另选文件夹。"
        )

    def keep_source(self, data: bytes) -> str:
        """Store the bytes durably under their SHA-256, which is returned."""
        digest = sha256(data).hexdigest()
        path = self.sources / digest
        # One that was altered since is put right.
        if not path.exists() or sha256(path.read_bytes()).hexdigest() != digest:
            self.sources.mkdir(parents=True, exist_ok=True)
            write_durably(path, data)
        return digest

    def source(self, document: Registered) -> bytes:
        """The bytes of a document. Raises :class:`WorkspaceError` where they are lost or altered."""
        try:
            data = (self.sources / document.digest).read_bytes()
        except OSError:
            data = b""
        if sha256(data).hexdigest() != document.digest:
            raise WorkspaceError(f"工作区里“{document.name}”的原文缺失或被改动，请重新导入该文件。")
        return data

    def publish(self, state: State, prepared: Path | None) -> None:
        """Move a prepared build into place and make ``state`` current, in one atomic step."""
        folder = self._place(prepared, state.build) if prepared and state.build else self.state().folder
        data = {
            "format": FORMAT,
            "documents": [asdict(d) for d in state.documents],
            "build": state.build,
            "folder": folder if state.build else None,
            "model": state.model,
        }
        write_durably(self._state, json.dumps(data, ensure_ascii=False, indent=1).encode())
        # What is published is published: that an old build cannot be removed is no failure.
        with suppress(OSError):
            self._forget_builds(folder)

    def _place(self, prepared: Path, build: str) -> str:
        """Give a prepared build a name that no reader is reading from."""
        names = [build, *(f"{build}-{k}" for k in range(1, 1000))]
        name = next(n for n in names if not (self.builds / n).exists())
        os.replace(prepared, self.builds / name)
        return name

    def build_folder(self, state: State) -> Path:
        return self.builds / (state.folder or state.build or "none")

    def preparing(self, build: str) -> Path:
        """A fresh folder to write a build in, beside the published ones."""
        folder = self.builds / f".{build}.{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def _forget_builds(self, current: str | None) -> None:
        """Keep the build before this one, and young ones, for readers that are still opening them."""
        folders = [f for f in self.builds.glob("*") if f.is_dir() and f.name != current]
        # The caller holds the lock: a hidden folder is what a killed process left.
        left = [f for f in folders if f.name.startswith(".")]
        old = sorted((f for f in folders if f not in left), key=lambda f: f.stat().st_mtime, reverse=True)
        young = time.time() - _YOUNG
        for folder in [*left, *(f for f in old[_KEPT_BUILDS - 1 :] if f.stat().st_mtime < young)]:
            shutil.rmtree(folder, ignore_errors=True)


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("a name is expected")
    return value


def register(
    documents: tuple[Registered, ...], name: str, origin: str, digest: str
) -> tuple[tuple[Registered, ...], str]:
    """The documents with one more, or with a newer version of the one from the same origin; its id.

    Bytes that are there already, from wherever, change nothing. An id is the file's name without its
    ending; a different file of the same name gets a suffix.
    """
    for known in documents:
        if known.origin == origin:
            newer = Registered(known.id, name, digest, origin)
            return tuple(newer if d is known else d for d in documents), known.id
    for known in documents:
        if known.digest == digest:
            return documents, known.id
    stem = "-".join(PurePath(name).stem.split()) or "document"
    taken = {d.id for d in documents}
    # An id once given to earlier bytes may already carry the beginning of this digest.
    names = [stem, *(f"{stem}-{digest[:size]}" for size in range(8, len(digest) + 1))]
    new = next((name for name in names if name not in taken), f"{stem}-{uuid4().hex}")
    return (*documents, Registered(new, name, digest, origin)), new


def unregister(documents: tuple[Registered, ...], document: str) -> tuple[tuple[Registered, ...], str]:
    """The documents without one, and its id. Raises :class:`NotFound` and :class:`Ambiguous`."""
    found = [d for d in documents if d.id == document] or [d for d in documents if d.name == document]
    if not found:
        names = tuple(d.id for d in documents)
        hint = f"现有文件：{'、'.join(names)}。" if names else "工作区里还没有文件。"
        raise NotFound(f"没有名为“{document}”的文件，{hint}", names)
    if len(found) > 1:
        raise Ambiguous(f"有多个文件名为“{document}”，请用编号指明：{'、'.join(d.id for d in found)}。")
    return tuple(d for d in documents if d is not found[0]), found[0].id


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file by one that is already on the disk: either version, never a part."""
    with replacing(path, durable=True) as aside:
        aside.write_bytes(data)
