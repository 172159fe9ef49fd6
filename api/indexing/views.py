"""The views of all documents, put together from those of each, with keys that say whether anything changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from api.indexing.passages import ENTITY, IndexedText, entity_texts, plan_texts
from kg.memo import Memo
from kg.model import Entity, Plan

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Block:
    """The texts of one document in one view."""

    id: str
    ids: tuple[str, ...]
    texts: tuple[str, ...]

    @cached_property
    def digest(self) -> bytes:
        """32 bytes that change with the ids and the texts."""
        return sha256(json.dumps([self.ids, self.texts]).encode()).digest()


@dataclass(frozen=True)
class View:
    """All texts of a view, in blocks; ``by_id`` says that they come in the order of their ids, not of the blocks."""

    name: str
    blocks: tuple[Block, ...]
    by_id: bool = False

    @cached_property
    def digest(self) -> bytes:
        return sha256(b"".join(block.digest for block in self.blocks)).digest()

    @property
    def ids(self) -> list[str]:
        return self.arranged(block.ids for block in self.blocks)

    @property
    def texts(self) -> list[str]:
        return self.arranged(block.texts for block in self.blocks)

    def arranged(self, blocks: Iterable[Sequence[T]]) -> list[T]:
        """Something of every text, given block by block, in the order of the texts."""
        values = [value for block in blocks for value in block]
        return values if self.order is None else [values[place] for place in self.order]

    @cached_property
    def order(self) -> npt.NDArray[np.int32] | None:
        """Which text of the blocks, counted through, comes first, second …; ``None`` where they stay as they come."""
        if not self.by_id:
            return None
        ids = [id_ for block in self.blocks for id_ in block.ids]
        return np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int32)


class Records(Protocol):
    """What is indexed of a document."""

    @property
    def plan(self) -> Plan: ...
    @property
    def examples(self) -> Mapping[str, Sequence[str]]: ...


@dataclass(frozen=True)
class WrittenDocument(Generic[R]):
    """A document of a build: ``plan_key`` changes with its plan, ``key`` with all its records."""

    id: str
    plan_key: bytes
    key: str
    records: R


class Views:
    """Makes the views; what was made of a document is kept while the document stays the same."""

    def __init__(self) -> None:
        self._memo = Memo()

    def of(self, documents: Sequence[WrittenDocument[Any]], entities: Sequence[Entity]) -> dict[str, View]:
        """Every view by its name, the documents in their order."""
        by_view: dict[str, list[Block]] = {}
        for document in documents:
            for name, block in self._of_plan(document).items():
                by_view.setdefault(name, []).append(block)
        views = {name: View(name, tuple(blocks)) for name, blocks in by_view.items()}
        views[ENTITY] = View(ENTITY, tuple(self._of_entities(documents, entities)), by_id=True)
        self._memo.forget_all_but({document.id for document in documents})
        return views

    def _of_plan(self, document: WrittenDocument[Records]) -> Mapping[str, Block]:
        def blocks() -> dict[str, Block]:
            views = plan_texts(document.records.plan).items()
            return {name: _block(f"{name} {document.id}", texts) for name, texts in views}

        return self._memo.keep("texts", document.id, (document.plan_key,), blocks)

    def _of_entities(
        self, documents: Sequence[WrittenDocument[Records]], entities: Sequence[Entity]
    ) -> list[Block]:
        """An entity stands in the block of the document that first mentions it."""
        shown = [
            self._memo.keep("examples", d.id, (d.key,), partial(getattr, d.records, "examples"))
            for d in documents
        ]
        home = {entity: place for place in range(len(shown) - 1, -1, -1) for entity in shown[place]}
        grouped: list[list[IndexedText]] = [[] for _ in documents]
        for passage in entity_texts(entities, shown):
            grouped[home[passage.id]].append(passage)
        return [
            self._same(document.id, _block(f"{ENTITY} {document.id}", passages))
            for document, passages in zip(documents, grouped, strict=True)
        ]

    def _same(self, document: str, block: Block) -> Block:
        """The block of before where it is equal, so that nothing of it need be compared again."""
        return self._memo.keep("entities", document, (block,), lambda: block)


def _block(id_: str, texts: Sequence[IndexedText]) -> Block:
    return Block(id_, tuple(text.id for text in texts), tuple(text.text for text in texts))
