"""What a build says of itself: what it is of, and how each of its files should be."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from api.errors import MadeByAnotherVersion, WorkspaceError
from api.workspace.store import Registered
from embeddings.errors import IndexMismatch
from embeddings.sealed import (
    FileFacts,
    check_sealed,
    facts_of,
    is_sealed,
    read_stamps,
    write_stamps,
)
from kg.knowledge import Knowledge
from kg.version import code_version

BUILD_FORMAT = 7
"""Raised when records, views or words change, so that older builds are made anew."""
MANIFEST = "manifest.json"
KNOWLEDGE, DOCUMENTS, ENTITIES = "knowledge", "documents", "entities"
NETWORK, NAMES, OWN_TEXTS = "network", "names", "own-texts"
WORDS = f"words-{version('jieba')}"
"""Names of folders and files in a build."""


@dataclass
class Manifest:
    """What ``manifest.json`` holds: ``documents`` are (id, file) in their order, ``parts`` the keys of the indexes."""

    encoder: str
    fingerprint: str
    dimension: int
    documents: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, FileFacts] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)


def build_id(
    documents: Sequence[Registered], knowledge: Knowledge, fingerprint: str, decisions: str = ""
) -> str:
    """16 hexadecimal digits over documents, knowledge, decisions, encoder, code and format.

    The order of the documents does not count; their names do, as readings and titles depend on them.
    """
    versions = [str(BUILD_FORMAT), code_version(), version("opencc")]
    named = sorted([d.id, d.name, d.digest] for d in documents)
    parts = [versions, fingerprint, decisions, knowledge.digest(), named]
    return sha256(json.dumps(parts).encode()).hexdigest()[:16]


def write_manifest(folder: Path, manifest: Manifest, known: Mapping[str, FileFacts]) -> None:
    """Write the manifest of a folder that holds all else; ``known`` are the files of which the facts are known.

    Indexes seal themselves.
    """
    every = (path for path in folder.rglob("*") if path.is_file())
    names = sorted(path.relative_to(folder).as_posix() for path in every)
    own = [name for name in names if name.partition("/")[0] not in manifest.parts]
    every_fact = {**facts_of(folder, (name for name in own if name not in known)), **known}
    manifest.files = {name: every_fact[name] for name in own}
    write_stamps(folder, own)
    data = json.dumps({"format": BUILD_FORMAT, **vars(manifest)}, ensure_ascii=False)
    (folder / MANIFEST).write_text(data, encoding="utf-8")


def manifest_of(folder: Path) -> Manifest:
    """The manifest of a build. Raises :class:`WorkspaceError` where it is damaged or of another version."""
    try:
        data: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if data.pop("format") == BUILD_FORMAT:
            manifest = Manifest(**data)
            manifest.documents = [(str(id_), str(name)) for id_, name in manifest.documents]
            # What is no mapping fails here.
            for named in (manifest.files, manifest.parts):
                named.keys()
            return manifest
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise WorkspaceError("工作区的构建缺失或损坏，请运行 kg ingest --rebuild 重新生成。") from None
    raise MadeByAnotherVersion("工作区的构建由另一个版本生成，请运行 kg ingest --rebuild 重新生成。")


class BuildFiles:
    """The files of a build, each looked at before it is first used. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def manifest(self) -> Manifest:
        """Raises :class:`WorkspaceError`, as :func:`manifest_of` does."""
        return manifest_of(self.folder)

    @cached_property
    def _stamps(self) -> Mapping[str, int]:
        return read_stamps(self.folder)

    def whole(self, name: str) -> Path:
        """The path of a file. Raises :class:`WorkspaceError` where it is not as it was written."""
        if not self.is_whole(name):
            raise WorkspaceError("工作区的构建文件被改动或不完整，请运行 kg ingest --rebuild 重新生成。")
        return self.folder / name

    def is_whole(self, name: str) -> bool:
        """Whether a file is as it was written."""
        facts = self.manifest.files.get(name)
        try:
            return facts is not None and is_sealed(self.folder, name, facts, self._stamps)
        except OSError:
            return False

    def check(self, but: str = "") -> None:
        """Look at every file but those of indexes, and those in a folder of that name.

        Raises :class:`WorkspaceError` where one is missing or damaged.
        """
        for name in self.manifest.files:
            if name.partition("/")[0] != but:
                self.whole(name)

    def link(self, name: str, folder: Path) -> bool:
        """Whether a file that is as it was written could be linked into another build."""
        if not self.is_whole(name):
            return False
        try:
            _link(self.folder / name, folder / name)
        except OSError:
            return False
        return True

    def link_index(self, name: str, folder: Path) -> bool:
        """Whether the folder of an index could be linked; it must be whole."""
        try:
            check_sealed(self.folder / name)
            shutil.copytree(self.folder / name, folder / name, copy_function=_link)
        except (IndexMismatch, OSError, shutil.Error):
            shutil.rmtree(folder / name, ignore_errors=True)
            return False
        return True


def _link(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Some file systems have no links.
        shutil.copy2(source, target)
