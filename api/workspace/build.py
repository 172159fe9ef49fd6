"""A build on disk: the records and indexes of all documents, with the knowledge that it was made with.

::

    builds/<id>/
      manifest.json             what there is, with checksums; written last
      documents/<digest>.json   the share of one document: plan, mentions, facts
      entities.json
      knowledge/<n>/            the files of every folder of knowledge, ours first
      <view>.dense/  <view>.lexical/

A build names the hash of its inputs, so that equal inputs give the equal id and ingesting a file again changes
nothing. What an earlier build has already is linked, not written again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from api.errors import WorkspaceError
from api.indexing.indexes import Encoding, Indexer, Saved
from api.indexing.tokens import Words
from api.indexing.views import View
from api.workspace.assembly import Assembled
from api.workspace.knowledge import copied_knowledge, copy_knowledge
from api.workspace.store import Registered
from embeddings.errors import IndexMismatch
from embeddings.sealed import check_sealed
from kg.knowledge import Knowledge
from kg.model import Entity
from kg.pipeline import DocumentShare, Progress, code_version

BUILD_FORMAT = 5
"""Raised when records, views or words change, so that older builds are made anew."""
_KNOWLEDGE, _DOCUMENTS, _ENTITIES = "knowledge", "documents", "entities.json"
_SHARE = TypeAdapter(DocumentShare)
_ALL_ENTITIES = TypeAdapter(tuple[Entity, ...])


Stamp = tuple[int, int]
"""Size in bytes, and time of the last change in nanoseconds."""


@dataclass(frozen=True)
class Contents:
    """What a build is made of."""

    assembled: Assembled
    knowledge: Knowledge
    views: Mapping[str, View]


@dataclass(frozen=True)
class Made:
    """A build that was made in this process: where it is, and what of it is in memory.

    ``files`` are the file of every share, by its identity, with its checksum. What this process wrote itself and
    nobody has altered since, by ``stamps`` of size and time, it links without reading it again.
    """

    folder: Path
    contents: Contents
    files: Mapping[int, tuple[str, str]]
    indexes: Mapping[str, Saved]
    stamps: Mapping[str, Stamp]

    def unaltered(self, folder: Path, name: str) -> bool:
        """Whether a file or folder of the build, which is now at ``folder``, is as it was written."""
        mine = {
            path: stamp for path, stamp in self.stamps.items() if path == name or path.startswith(f"{name}/")
        }
        return bool(mine) and mine == _stamps(folder, name)


@dataclass
class Manifest:
    """What ``manifest.json`` holds; ``parts`` are the keys of the indexes by folder."""

    encoder: str
    fingerprint: str
    dimension: int
    documents: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
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


def write_build(
    folder: Path,
    contents: Contents,
    encoding: Encoding,
    indexer: Indexer,
    earlier: Path | None,
    made: Made | None,
    progress: Progress,
) -> Made:
    """Write every file of a build; the manifest comes last.

    Args:
        folder: empty.
        contents: what is written.
        encoding: the encoder; loaded only if a text must be encoded.
        indexer: makes the indexes.
        earlier: a build to link unchanged parts from, if they are whole.
        made: what is in memory of that build, if it was made in this process.
        progress: told of every text that is encoded.
    """
    known = _earlier_manifest(earlier)
    if known and encoding.dimension is None and known.fingerprint == encoding.fingerprint:
        encoding = replace(encoding, dimension=known.dimension)
    words = Words.of(alias for entity in contents.assembled.entities for alias in entity.aliases)
    keys = indexer.keys(contents.views, words, encoding)
    indexes: dict[str, Saved] = {}
    for name, key in keys.items():
        if known and earlier and known.parts.get(name) == key and _linked_folder(earlier, folder, name, made):
            if made and name in made.indexes:
                indexes[name] = made.indexes[name]
            continue
        index = indexes[name] = indexer.make(name, contents.views, words, encoding, progress)
        index.save(folder / name)
    indexer.forget(contents.views)
    manifest = Manifest(encoding.name, encoding.fingerprint, _dimension(folder), parts=keys)
    files = _write_records(folder, contents, manifest, earlier, made)
    copy_knowledge(contents.knowledge, folder / _KNOWLEDGE)
    for path in sorted((folder / _KNOWLEDGE).rglob("*.*")):
        manifest.files[path.relative_to(folder).as_posix()] = _digest(path)
    data = json.dumps({"format": BUILD_FORMAT, **vars(manifest)}, ensure_ascii=False)
    (folder / "manifest.json").write_text(data, encoding="utf-8")
    return Made(folder, contents, files, indexes, _stamps(folder))


def _write_records(
    folder: Path, contents: Contents, manifest: Manifest, earlier: Path | None, made: Made | None
) -> dict[int, tuple[str, str]]:
    (folder / _DOCUMENTS).mkdir()
    files: dict[int, tuple[str, str]] = {}
    for share in contents.assembled.documents:
        known = made.files.get(id(share)) if made else None
        same = made is not None and earlier is not None and known and made.unaltered(earlier, known[0])
        if same and known and earlier and _linked(earlier / known[0], folder / known[0]):
            files[id(share)] = known
        else:
            files[id(share)] = _write_share(folder, share, earlier)
        name, digest = files[id(share)]
        manifest.documents.append(name)
        manifest.files[name] = digest
    data = _ALL_ENTITIES.dump_json(tuple(contents.assembled.entities))
    (folder / _ENTITIES).write_bytes(data)
    manifest.files[_ENTITIES] = sha256(data).hexdigest()
    return files


def _write_share(folder: Path, share: DocumentShare, earlier: Path | None) -> tuple[str, str]:
    """The file of a share and its checksum; linked where an earlier build has the same, whole."""
    data = _SHARE.dump_json(share)
    digest = sha256(data).hexdigest()
    name = f"{_DOCUMENTS}/{digest[:32]}.json"
    same = earlier is not None and _digest(earlier / name) == digest
    if not (same and earlier and _linked(earlier / name, folder / name)):
        (folder / name).write_bytes(data)
    return name, digest


def _earlier_manifest(earlier: Path | None) -> Manifest | None:
    """The manifest of an earlier build; ``None`` where it is damaged or of another version."""
    if earlier is None:
        return None
    try:
        return manifest_of(earlier)
    except WorkspaceError:
        return None


def _stamps(folder: Path, name: str = "") -> dict[str, Stamp]:
    """The stamps of all files of a folder, or of the one file or folder of that name in it."""
    top = folder / name
    paths = [top] if top.is_file() else [path for path in top.rglob("*") if path.is_file()]
    stats = ((path.relative_to(folder).as_posix(), path.stat()) for path in paths)
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in stats}


def _linked_folder(earlier: Path, folder: Path, name: str, made: Made | None) -> bool:
    """Whether a sealed folder could be linked; one that is not known to be as it was written must be whole."""
    try:
        if made is None or not made.unaltered(earlier, name):
            check_sealed(earlier / name)
        shutil.copytree(earlier / name, folder / name, copy_function=_link)
    except (IndexMismatch, OSError, shutil.Error):
        shutil.rmtree(folder / name, ignore_errors=True)
        return False
    return True


def _linked(source: Path, target: Path) -> bool:
    """Whether a file could be linked."""
    with suppress(OSError):
        _link(source, target)
        return True
    return False


def _link(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Some file systems have no links.
        shutil.copyfile(source, target)


def _dimension(folder: Path) -> int:
    manifests = (
        json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.dense/manifest.json")
    )
    return max((int(manifest["meta"]["dimension"]) for manifest in manifests), default=0)


def read_documents(folder: Path) -> tuple[list[DocumentShare], tuple[Entity, ...]]:
    """The shares and the entities of a build.

    Raises :class:`WorkspaceError` where it is damaged or of another version.
    """
    manifest = check_records(folder)
    try:
        shares = [_SHARE.validate_json((folder / name).read_bytes()) for name in manifest.documents]
        return shares, _ALL_ENTITIES.validate_json((folder / _ENTITIES).read_bytes())
    except (OSError, ValidationError):
        raise WorkspaceError("工作区的构建文件缺失或损坏，请运行 kg ingest --rebuild 重新生成。") from None


def read_knowledge(folder: Path) -> Knowledge:
    """The knowledge that a build was made with, which is what it answers with."""
    return copied_knowledge(folder / _KNOWLEDGE)


def check_records(folder: Path) -> Manifest:
    """Raises :class:`WorkspaceError` where a build's records are missing, damaged or of another version."""
    manifest = manifest_of(folder)
    if any(_digest(folder / name) != digest for name, digest in manifest.files.items()):
        raise WorkspaceError("工作区的构建文件被改动或不完整，请运行 kg ingest --rebuild 重新生成。")
    return manifest


_MANIFEST = TypeAdapter(Manifest)


def manifest_of(folder: Path) -> Manifest:
    """The manifest of a build. Raises :class:`WorkspaceError` where it is damaged or of another version."""
    try:
        data: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if data.pop("format") == BUILD_FORMAT:
            return _MANIFEST.validate_python(data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise WorkspaceError("工作区的构建缺失或损坏，请运行 kg ingest --rebuild 重新生成。") from None
    raise WorkspaceError("工作区的构建由另一个版本生成，请运行 kg ingest --rebuild 重新生成。")


def _digest(path: Path) -> str:
    """SHA-256 of a file; empty where it cannot be read."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
