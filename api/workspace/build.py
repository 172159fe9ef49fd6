"""A build on disk: the records and indexes of all documents, with the knowledge that it was made with.

::

    builds/<id>/
      manifest.json               what there is, with checksums; written last
      documents/<key>.sqlite      the records of one document; the key changes with all that they are made from
      entities.*.npy              all entities, in order of id, as JSON
      own-texts.*.npy             what items say outside their steps
      network/*.npy               what is joined of all documents: nodes and facts as arrays, memory-mapped
      names/*.npy                 what questions may call things
      words-<version>.*.npy       the dictionary of the segmenter
      knowledge/<n>/              the files of every folder of knowledge, ours first
      <view>.dense/  <view>.lexical/

A build names the hash of its inputs, so that equal inputs give the equal id and ingesting a file again changes
nothing. What an earlier build has already is linked, not written again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from api.errors import WorkspaceError
from api.indexing.indexes import Encoding, Indexer
from api.indexing.names import NameTable
from api.indexing.segmenter import Dictionary
from api.indexing.tokens import Words
from api.indexing.views import Views, WrittenDocument
from api.workspace.assembly import Assembled
from api.workspace.knowledge import copy_knowledge
from api.workspace.manifest import (
    DOCUMENTS,
    ENTITIES,
    KNOWLEDGE,
    NAMES,
    NETWORK,
    OWN_TEXTS,
    WORDS,
    BuildFiles,
    Manifest,
    write_manifest,
)
from api.workspace.naming import implied, with_vocabulary
from api.workspace.records import DocumentRecords, adapter, write_records
from api.workspace.stored import OtherEntities
from embeddings.sealed import FileFacts
from kg.analysis.arrays import Array, named_arrays
from kg.analysis.joining import joined
from kg.analysis.strings import Strings
from kg.knowledge import Knowledge
from kg.model import Entity
from kg.progress import Progress
from kg.recognition import Vocabulary

Written = WrittenDocument[DocumentRecords]


def write_build(
    folder: Path,
    assembled: Assembled,
    knowledge: Knowledge,
    views: Views,
    encoding: Encoding,
    indexer: Indexer,
    earlier: Path | None,
    progress: Progress,
) -> None:
    """Write every file of a build; the manifest comes last.

    Args:
        folder: empty.
        assembled: what the documents say.
        knowledge: what it was made with.
        views: makes the texts that are indexed.
        encoding: the encoder; loaded only if a text must be encoded.
        indexer: makes the indexes.
        earlier: a build to link unchanged parts from, if they are whole.
        progress: told of every document and of every text that is encoded.
    """
    before = _earlier(earlier)
    if before and encoding.dimension is None and before.manifest.fingerprint == encoding.fingerprint:
        encoding = replace(encoding, dimension=before.manifest.dimension)
    manifest = Manifest(encoding.name, encoding.fingerprint, 0)
    known: dict[str, FileFacts] = {}
    documents = list(_write_documents(folder, assembled, manifest, known, before, progress))
    _write_network(folder, documents, assembled.entities, assembled.vocabulary)
    _write_indexes(
        folder, documents, assembled.entities, views, encoding, indexer, manifest, before, progress
    )
    _write_dictionary(folder, known, before)
    manifest.dimension = _dimension(folder)
    copy_knowledge(knowledge, folder / KNOWLEDGE)
    write_manifest(folder, manifest, known)


def _earlier(folder: Path | None) -> BuildFiles | None:
    """An earlier build; ``None`` where it is damaged or of another version."""
    if folder is None:
        return None
    files = BuildFiles(folder)
    try:
        files.manifest  # noqa: B018 - read here, so that nothing is linked from what cannot be read
    except WorkspaceError:
        return None
    return files


def _write_documents(
    folder: Path,
    assembled: Assembled,
    manifest: Manifest,
    known: dict[str, FileFacts],
    before: BuildFiles | None,
    progress: Progress,
) -> Iterator[Written]:
    """The records of every document; those that an earlier build has are linked."""
    (folder / DOCUMENTS).mkdir()
    for done, document in enumerate(assembled.documents):
        name = f"{DOCUMENTS}/{document.key}.sqlite"
        if before and before.link(name, folder):
            known[name] = before.manifest.files[name]
        else:
            progress("写入记录", done, len(assembled.documents))
            write_records(folder / name, document.share())
        manifest.documents.append((document.id, name))
        yield Written(document.id, document.plan_key, document.key, DocumentRecords(folder / name))


def _write_network(
    folder: Path, documents: Sequence[Written], entities: Sequence[Entity], vocabulary: Vocabulary
) -> None:
    (folder / NETWORK).mkdir()
    network = joined([document.records.network for document in documents], entities)
    write_arrays(folder / NETWORK, named_arrays(network))
    described = Strings.of(adapter(Entity).dump_json(entity).decode() for entity in entities)
    write_arrays(folder, {f"{ENTITIES}.{name}": array for name, array in named_arrays(described).items()})
    first = int(network.starts[-1, :3].sum()) + len(documents) + len(entities)
    numbered = {**dict(enumerate(entities)), **dict(implied(network, first))}
    renamed = dict(with_vocabulary(numbered.items(), vocabulary.canonical))
    known = {number: {*e.aliases} - {*numbered[number].aliases} for number, e in renamed.items()}
    # What only facts name stands in no text of the documents.
    known |= {number: {*numbered[number].aliases} for number in numbered if number >= len(entities)}
    table = NameTable.of(((n, renamed.get(n, e)) for n, e in numbered.items()), known)
    more = {n: e for n, e in {**numbered, **renamed}.items() if n in renamed or n >= len(entities)}
    own = Strings.joined([document.records.own_texts for document in documents])
    write_arrays(folder, {f"{OWN_TEXTS}.{name}": array for name, array in named_arrays(own).items()})
    (folder / NAMES).mkdir()
    write_arrays(folder / NAMES, named_arrays(table))
    others = OtherEntities.of(more)
    write_arrays(folder / NAMES, {f"others.{name}": array for name, array in named_arrays(others).items()})


def _write_dictionary(folder: Path, known: dict[str, FileFacts], before: BuildFiles | None) -> None:
    """The dictionary of the segmenter, which only another jieba changes."""
    names = [f"{WORDS}.{name.name}.npy" for name in fields(Dictionary)]
    if before and all(before.link(name, folder) for name in names):
        known |= {name: before.manifest.files[name] for name in names}
        return
    for name in names:
        (folder / name).unlink(missing_ok=True)
    arrays = named_arrays(Dictionary.shipped())
    write_arrays(folder, {f"{WORDS}.{name}": array for name, array in arrays.items()})


def write_arrays(folder: Path, arrays: Mapping[str, Array]) -> None:
    """Every array in a file of its name."""
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def _write_indexes(
    folder: Path,
    documents: Sequence[Written],
    entities: Sequence[Entity],
    views: Views,
    encoding: Encoding,
    indexer: Indexer,
    manifest: Manifest,
    before: BuildFiles | None,
    progress: Progress,
) -> None:
    words = Words.of(alias for entity in entities for alias in entity.aliases)
    every = views.of(documents, entities)
    manifest.parts = indexer.keys(every, words, encoding)
    for name, key in manifest.parts.items():
        if not (before and before.manifest.parts.get(name) == key and before.link_index(name, folder)):
            indexer.make(name, every, words, encoding, progress).save(folder / name)
    indexer.forget(every)


def _dimension(folder: Path) -> int:
    manifests = (
        json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.dense/manifest.json")
    )
    return max((int(manifest["meta"]["dimension"]) for manifest in manifests), default=0)
