"""Making a build: documents → records and indexes, in a folder that is published when whole.

A build names the hash of its inputs, the encoder and the version it was made with; the same inputs
give the same id, so that ingesting a file again changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from api.errors import WorkspaceError
from api.indexing.passages import DENSE, LEXICAL, IndexedText, views_of
from api.indexing.tokens import Words
from api.records import read_records, write_records
from api.workspace.knowledge import copied_knowledge, copy_knowledge
from embeddings.cache import EmbeddingCache, encode_with_cache
from embeddings.encoder import Encoder
from embeddings.lexical import LexicalIndex
from embeddings.vectors import VectorIndex
from kg.knowledge import Knowledge
from kg.model import Entity, Fact, Mention, Plan
from kg.pipeline import Extraction, Progress

BUILD_FORMAT = 5
"""Raised when records, views or words change, so that older builds are made anew."""
_KNOWLEDGE = "knowledge"
_KINDS: Mapping[str, type] = {"plans": Plan, "mentions": Mention, "entities": Entity, "facts": Fact}


def build_id(
    documents: Sequence[tuple[str, str]], knowledge: Knowledge, fingerprint: str, decisions: str = ""
) -> str:
    """16 hexadecimal digits over (document id, digest) pairs, knowledge files, decisions, encoder and format."""
    parts: list[str] = [str(BUILD_FORMAT), fingerprint, decisions]
    parts += [f"{document} {digest}" for document, digest in sorted(documents)]
    parts += [knowledge.digest()]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def write_build(
    folder: Path,
    extraction: Extraction,
    knowledge: Knowledge,
    encoder: Encoder,
    cache: EmbeddingCache,
    words: Words,
    progress: Progress,
) -> None:
    """Write every file of a build; the manifest comes last."""
    copy_knowledge(knowledge, folder / _KNOWLEDGE)
    records = {
        "plans": extraction.plans,
        "mentions": extraction.mentions,
        "entities": extraction.entities,
        "facts": extraction.facts,
    }
    for name, kind in _KINDS.items():
        write_records(folder / f"{name}.json", records[name], kind)
    for name, passages in views_of(extraction).items():
        if name in DENSE:
            _write_dense(folder / f"{name}.dense", name, passages, encoder, cache, progress)
        if name in LEXICAL:
            tokens = [words.tokens(passage.text) for passage in passages]
            LexicalIndex.build([passage.id for passage in passages], tokens).save(folder / f"{name}.lexical")
    cache.save()
    manifest = {
        "format": BUILD_FORMAT,
        "encoder": encoder.name,
        "fingerprint": encoder.fingerprint,
        "records": {
            str(path.relative_to(folder)): _digest(path)
            for path in (
                *(folder / f"{name}.json" for name in _KINDS),
                *sorted((folder / _KNOWLEDGE).rglob("*.*")),
            )
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def _write_dense(
    folder: Path,
    name: str,
    passages: Sequence[IndexedText],
    encoder: Encoder,
    cache: EmbeddingCache,
    progress: Progress,
) -> None:
    texts = [passage.text for passage in passages]
    vectors = encode_with_cache(
        encoder, texts, cache, progress=lambda done, total: progress(f"编码 {name}", done, total)
    )
    ids = [passage.id for passage in passages]
    VectorIndex.build(ids, vectors, fingerprint=encoder.fingerprint).save(folder)


def read_extraction(folder: Path) -> Extraction:
    """The records of a build. Raises :class:`WorkspaceError` where it is damaged or of another version."""
    check_records(folder)
    return Extraction(
        read_records(folder / "plans.json", Plan),
        read_records(folder / "mentions.json", Mention),
        read_records(folder / "entities.json", Entity),
        read_records(folder / "facts.json", Fact),
    )


def read_knowledge(folder: Path) -> Knowledge:
    """The knowledge that a build was made with, which is what it answers with."""
    return copied_knowledge(folder / _KNOWLEDGE)


def check_records(folder: Path) -> None:
    """Raises :class:`WorkspaceError` where a build's records are missing, damaged or of another version."""
    records = _checked_manifest(folder)["records"]
    if any(_digest(folder / name) != digest for name, digest in records.items()):
        raise WorkspaceError("工作区的构建文件被改动或不完整，请运行 kg ingest --rebuild 重新生成。")


def manifest_of(folder: Path) -> Mapping[str, Any]:
    """``encoder`` and ``fingerprint`` of a build."""
    return _checked_manifest(folder)


def _checked_manifest(folder: Path) -> Mapping[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["format"] == BUILD_FORMAT:
            return {key: manifest[key] for key in ("encoder", "fingerprint", "records")}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise WorkspaceError("工作区的构建缺失或损坏，请运行 kg ingest --rebuild 重新生成。") from None
    raise WorkspaceError("工作区的构建由另一个版本生成，请运行 kg ingest --rebuild 重新生成。")


def _digest(path: Path) -> str:
    """SHA-256 of a file; empty where it cannot be read."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
