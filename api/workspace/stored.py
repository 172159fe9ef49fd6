"""A build as it lies on the disk, read piece by piece: opening it costs the same however much it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar, overload

import numpy as np

from api.indexing.names import NameTable
from api.workspace.knowledge import copied_knowledge
from api.workspace.manifest import ENTITIES, KNOWLEDGE, NAMES, NETWORK, OWN_TEXTS, WORDS, BuildFiles
from api.workspace.records import DocumentRecords, adapter
from kg.analysis import Network
from kg.analysis.adjacency import Places
from kg.analysis.arrays import Array, of_arrays
from kg.analysis.joining import NetworkArrays
from kg.analysis.strings import Strings
from kg.knowledge import Knowledge
from kg.model import Entity, Fact, Item, Mention, Step, Target
from kg.relations import merged

if TYPE_CHECKING:
    from api.indexing.segmenter import Dictionary

T = TypeVar("T")
_DOCUMENTS_AT_HAND = 128
_ITEMS_AT_HAND = 2048
_RECORDS_AT_HAND = 8192


class Lazy(Sequence[T], Generic[T]):
    """A sequence whose records are read when they are asked for; ``every`` reads all of them in turn."""

    def __init__(self, count: int, read: Callable[[int], T], every: Callable[[], Iterator[T]]) -> None:
        self._count, self._read, self._every = count, read, every

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(self._count))]
        place = int(at)
        if not -self._count <= place < self._count:
            raise IndexError(at)
        return self._read(place % self._count)

    def __iter__(self) -> Iterator[T]:
        return self._every()


@dataclass(frozen=True)
class OtherEntities:
    """Entities that questions may name otherwise than the documents do, or that facts alone name: by number, as JSON."""

    numbers: Places
    described: Strings

    @staticmethod
    def of(entities: Mapping[int, Entity]) -> OtherEntities:
        """Some numbered entities."""
        numbers = sorted(entities)
        described = Strings.of(adapter(Entity).dump_json(entities[number]).decode() for number in numbers)
        return OtherEntities(np.array(numbers, dtype=np.int32), described)

    def get(self, number: int) -> Entity | None:
        """The entity of a number, where it is one of these."""
        at = int(np.searchsorted(self.numbers, number))
        if at == len(self.numbers) or self.numbers[at] != number:
            return None
        entity: Entity = adapter(Entity).validate_json(self.described.encoded(at))
        return entity


class StoredBuild:
    """The records of a build whose files were checked, but for those of documents, which are checked here.

    Everything raises :class:`api.errors.WorkspaceError` where a document is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = BuildFiles(folder)
        self._document = lru_cache(_DOCUMENTS_AT_HAND)(self._open)
        self.item = lru_cache(_ITEMS_AT_HAND)(self._item)
        self.mention = lru_cache(_RECORDS_AT_HAND)(self._mention)

    @cached_property
    def documents(self) -> Sequence[DocumentRecords]:
        """The records of every document, in the order of their ids."""
        count = len(self.files.manifest.documents)
        return Lazy(count, self._document, lambda: map(self._document, range(count)))

    def _open(self, at: int) -> DocumentRecords:
        _, name = self.files.manifest.documents[at]
        return DocumentRecords(self.files.whole(name))

    @cached_property
    def document_ids(self) -> tuple[str, ...]:
        return tuple(id_ for id_, _ in self.files.manifest.documents)

    @cached_property
    def knowledge(self) -> Knowledge:
        """The knowledge that the build was made with, which is what it answers with."""
        return copied_knowledge(self.folder / KNOWLEDGE)

    @cached_property
    def entities(self) -> Sequence[Entity]:
        """All entities, in order of id."""
        described = of_arrays(Strings, lambda name: self._array(f"{ENTITIES}.{name}"))
        read: Callable[[int], Entity] = lru_cache(_RECORDS_AT_HAND)(
            lambda at: adapter(Entity).validate_json(described.encoded(at))
        )
        return Lazy(len(described), read, lambda: map(adapter(Entity).validate_json, described))

    @cached_property
    def network(self) -> Network:
        """Nodes and facts as arrays that stay on the disk, over records that are read when they are asked for."""
        arrays = self.arrays
        items, steps, targets, own = (int(count) for count in arrays.starts[-1])
        facts = own + len(arrays.shown_by.bounds) - 1
        return Network.over(
            arrays,
            Lazy(items, self.item, self._items),
            Lazy(steps, self._step, lambda: chain.from_iterable(item.steps for item in self._items())),
            Lazy(targets, self._target, lambda: chain.from_iterable(item.targets for item in self._items())),
            Lazy(facts, self._fact, lambda: map(self._fact, range(facts))),
        )

    @cached_property
    def arrays(self) -> NetworkArrays:
        return of_arrays(NetworkArrays, lambda name: self._array(f"{NETWORK}/{name}"))

    @cached_property
    def own_texts(self) -> Strings:
        """What every item says outside its steps; see :func:`api.indexing.passages.own_texts`."""
        return of_arrays(Strings, lambda name: self._array(f"{OWN_TEXTS}.{name}"))

    @cached_property
    def names(self) -> NameTable:
        """What questions may call things."""
        return of_arrays(NameTable, lambda name: self._array(f"{NAMES}/{name}"))

    @cached_property
    def dictionary(self) -> Dictionary:
        """That of the segmenter."""
        from api.indexing.segmenter import Dictionary

        return of_arrays(Dictionary, lambda name: self._array(f"{WORDS}.{name}"))

    @cached_property
    def other_entities(self) -> OtherEntities:
        return of_arrays(OtherEntities, lambda name: self._array(f"{NAMES}/others.{name}"))

    def _array(self, name: str) -> Array:
        mapped: Array = np.load(self.folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        # The same memory without the bookkeeping of a file at every step.
        return mapped.view(np.ndarray)

    def _items(self) -> Iterator[Item]:
        return chain.from_iterable(document.items() for document in self.documents)

    def _item(self, place: int) -> Item:
        at, number = self._within(place, 0)
        return self.documents[at].item(number)

    def _within(self, place: int, level: int) -> tuple[int, int]:
        """The document of an item or a fact, and its number there."""
        starts = self.arrays.starts[:, level]
        at = int(np.searchsorted(starts, place, "right")) - 1
        return at, place - int(starts[at])

    def _step(self, place: int) -> Step:
        item = int(self.arrays.item_of[place])
        return self.item(item).steps[place - int(np.searchsorted(self.arrays.item_of, item))]

    def _target(self, place: int) -> Target:
        item = int(self.arrays.item_of_target[place])
        return self.item(item).targets[place - int(np.searchsorted(self.arrays.item_of_target, item))]

    def _fact(self, place: int) -> Fact:
        own = int(self.arrays.starts[-1, 3])
        if place < own:
            at, _ = self._within(place, 3)
            return self.documents[at].fact(int(self.arrays.numbers[place]))
        _, shown = self.arrays.shown_by.at(np.array([place - own], dtype=np.int32))
        (fact,) = merged([self.documents[at].fact(n)] for at, n in self.arrays.showings[shown].tolist())
        return fact

    def _mention(self, number: int) -> Mention:
        starts = self.arrays.mention_starts
        at = int(np.searchsorted(starts, number, "right")) - 1
        return self.documents[at].mention(number - int(starts[at]))
