"""One published build: what it says, read from the disk as far as it is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from api.errors import WorkspaceError
from api.indexing.names import NameTable
from api.wording import Labels
from api.workspace.manifest import DOCUMENTS
from api.workspace.naming import Naming
from api.workspace.records import DocumentRecords
from api.workspace.store import Workspace
from api.workspace.stored import StoredBuild
from kg.analysis import ImpactRules, Network
from kg.analysis.adjacency import Places
from kg.analysis.strings import Strings
from kg.errors import NotFound
from kg.knowledge import Knowledge
from kg.model import Document, Entity, Fact, Item, Mention, Plan, parse_id
from kg.relations import merged

if TYPE_CHECKING:
    import networkx as nx
    from rdflib import Dataset

    from api.indexing.indexes import Indexes
    from api.indexing.segmenter import Segmenter


class Snapshot:
    """What one build says. Immutable once made; ``build`` is ``None`` for an empty workspace."""

    def __init__(self, build: str | None, folder: Path, listed: Sequence[str] = ()) -> None:
        self.build = build
        self.folder = folder
        self.listed = listed
        """The ids of the documents in the order in which they came; records have that of the ids."""
        self._stored = StoredBuild(folder) if build else None

    @staticmethod
    def open(workspace: Workspace) -> Snapshot:
        """The published build. Raises :class:`api.errors.WorkspaceError`."""
        state = workspace.state()
        if state.build is None:
            return Snapshot(None, workspace.builds)
        folder = workspace.build_folder(state)
        snapshot = Snapshot(state.build, folder, [document.id for document in state.documents])
        try:
            snapshot._check()
        except WorkspaceError:
            if workspace.build_folder(workspace.state()) == folder:
                raise
            # Another process has published, and removed what was being read.
            return Snapshot.open(workspace)
        return snapshot

    def _check(self) -> None:
        """Look at every file; the records of a document are looked at when they are first read."""
        if self._stored:
            self._stored.files.check(but=DOCUMENTS)

    @property
    def encoder(self) -> str | None:
        """The name of the encoder that made the vectors."""
        return self._stored.files.manifest.encoder if self._stored else None

    @property
    def fingerprint(self) -> str | None:
        """That of the encoder."""
        return self._stored.files.manifest.fingerprint if self._stored else None

    @cached_property
    def knowledge(self) -> Knowledge:
        """The knowledge that the build was made with, which is what it answers with."""
        return self._stored.knowledge if self._stored else Knowledge()

    @property
    def documents(self) -> Sequence[DocumentRecords]:
        """The records of every document, in the order of their ids."""
        return self._stored.documents if self._stored else ()

    @property
    def document_ids(self) -> tuple[str, ...]:
        """The ids of all documents, in order."""
        return self._stored.document_ids if self._stored else ()

    @property
    def plans(self) -> tuple[Plan, ...]:
        """All plans, whole."""
        return tuple(document.plan for document in self.documents)

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """All mentions, document by document in the order of the text."""
        return tuple(mention for document in self.documents for mention in document.mentions)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts in order of head, relation and tail; those that several documents show are one."""
        return tuple(merged(document.facts for document in self.documents))

    @property
    def entities(self) -> Sequence[Entity]:
        """All entities, in order of id."""
        return self._stored.entities if self._stored else ()

    def indexes(self, fingerprint: str) -> Indexes:
        """The indexes of the build. Raises :class:`WorkspaceError` where another encoder made them."""
        from api.indexing.indexes import read_indexes

        return read_indexes(self.folder, fingerprint)

    @property
    def items(self) -> Sequence[Item]:
        return self.network.items

    def text(self, document: str) -> str:
        """The decoded text of a document, which spans count into. Raises :class:`KeyError`."""
        return self.records(document).text

    @property
    def texts(self) -> Mapping[str, str]:
        """The decoded text of every document."""
        return {id_: records.text for id_, records in zip(self.document_ids, self.documents, strict=True)}

    def records(self, document: str) -> DocumentRecords:
        """The records of a document by its id. Raises :class:`KeyError`."""
        return self.documents[self._document_places[document]]

    @cached_property
    def _document_places(self) -> Mapping[str, int]:
        return {id_: place for place, id_ in enumerate(self.document_ids)}

    def mentions_of(self, entity: str) -> Iterator[Mention]:
        """The mentions of an entity, in their order."""
        if self._stored and entity in self.network.place:
            for number in self.network.mentions_of(self.network.place[entity]).tolist():
                yield self._stored.mention(number)

    def mention(self, number: int) -> Mention:
        """A mention, numbered through all documents."""
        if self._stored is None:
            raise IndexError(number)
        return self._stored.mention(number)

    @property
    def entity_places(self) -> Places:
        """The places of all entities among the nodes of the network, in order."""
        first = self.first_entity
        return np.arange(first, first + len(self.entities), dtype=np.int32)

    def facts_of(self, entity: str) -> list[Fact]:
        """The facts that begin or end at an entity, in order of head, relation and tail."""
        network = self.network
        node = np.array([place for place in [network.place.get(entity)] if place is not None], dtype=np.int32)
        places = {int(p) for facts in (network.by_head, network.by_tail) for p in facts.at(node)[1]}
        found = (network.facts[place] for place in places)
        return sorted(found, key=lambda fact: (fact.head, fact.relation, fact.tail))

    def mention_count(self, entity: str) -> int:
        """How many mentions an entity has."""
        place = self.network.place.get(entity)
        return 0 if place is None else len(self.network.mentions_of(place))

    def mentioning_items(self, entity: str) -> list[tuple[str, int]]:
        """(document, number) of the items that mention an entity, in the order of its mentions."""
        network = self.network
        place = network.place.get(entity)
        if place is None:
            return []
        items = network.mention_items[network.mentions_of(place)].tolist()
        ids = (parse_id(network.ids[item]) for item in dict.fromkeys(items) if item >= 0)
        return [(id_.document, int(id_.local)) for id_ in ids]

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        from kg.graph import build_graph

        return build_graph(self.plans, self.entities, self.facts)

    @cached_property
    def network(self) -> Network:
        """The same facts as arrays, which traces and impacts are computed on."""
        return self._stored.network if self._stored else Network.of((), (), (), ())

    @cached_property
    def rules(self) -> ImpactRules:
        """How a slip spreads, by the rules the build was made with."""
        return ImpactRules.of(self.knowledge.impact)

    @cached_property
    def labels(self) -> Labels:
        """What things are called."""
        return Labels.of(self.knowledge)

    @cached_property
    def rdf(self) -> Dataset:
        from kg.rdf import build_dataset

        return build_dataset(self.plans, self.entities, self.facts)

    @property
    def own_texts(self) -> Strings:
        """What every item says outside its steps; see :func:`api.indexing.passages.own_texts`."""
        return self._stored.own_texts if self._stored else Strings.of(())

    @cached_property
    def names(self) -> NameTable:
        """What questions may call things; entities are numbered from the first on."""
        return self._stored.names if self._stored else NameTable.of(())

    @cached_property
    def segmenter(self) -> Segmenter:
        """What cuts questions, by the dictionary that documents were cut by."""
        from api.indexing.segmenter import Segmenter, shipped

        return Segmenter.over(self._stored.dictionary) if self._stored else shipped()

    @property
    def named(self) -> Mapping[str, Entity]:
        """The entities by id, with every name a question may use for them, and those that only facts name."""
        return NamedEntities(self)

    def entity_id(self, number: int) -> str:
        """The id of a numbered entity."""
        return self.network.ids[self.first_entity + number]

    @cached_property
    def first_entity(self) -> int:
        """The place of the first entity among the nodes of the network."""
        return self.network.first_other + len(self.documents)

    def named_entity(self, number: int) -> Entity:
        """A numbered entity with every name a question may use for it. Raises :class:`IndexError`."""
        other = self._stored.other_entities.get(number) if self._stored else None
        return other or self.entities[number]

    @cached_property
    def entities_by_id(self) -> Mapping[str, Entity]:
        """The entities by their ids."""
        return EntitiesById(self.entities, self.network.place, self.first_entity)

    @cached_property
    def _naming(self) -> Naming:
        return Naming(self.names, self.entity_id, self.mention_count)

    def resolve(self, name: str) -> Entity:
        """The entity of an id, a name or an alias; of several with one name, the most mentioned.

        Raises :class:`NotFound` with the nearest names.
        """
        found = self._naming.resolve(name)
        return self.entities_by_id.get(found) or self.named[found]

    def document(self, name: str) -> Document:
        """A document by id or file name. Raises :class:`NotFound`."""
        if name in self._document_places:
            return self.records(name).outline.document
        for records in self.documents:
            if name == records.outline.document.name:
                return records.outline.document
        known = self.document_ids
        raise NotFound(f"没有名为“{name}”的文件，现有：{'、'.join(known) or '无'}。", known)

    def stats(self) -> dict[str, Any]:
        network = self.network
        entities = Counter(entity.type for entity in self.entities)
        facts = Counter(network.relation_names[code] for code in network.relations.tolist())
        return {
            "build": self.build,
            "encoder": self.encoder,
            "documents": len(self.documents),
            "items": len(network.items),
            "steps": len(network.steps),
            "targets": len(network.targets),
            "mentions": int(network.mention_starts[-1]),
            "entities": dict(sorted(entities.items())),
            "facts": dict(sorted(facts.items())),
            "nodes": len(network.ids),
            "edges": len(network.facts),
            "defects": dict(sorted(Counter(d.code for item in self.items for d in item.defects).items())),
        }


@dataclass(frozen=True)
class EntitiesById(Mapping[str, Entity]):
    """Entities that are read when they are asked for; ``first`` is the place of the first among all nodes."""

    entities: Sequence[Entity]
    places: Mapping[str, int]
    first: int

    def __getitem__(self, id_: str) -> Entity:
        place = self.places[id_] - self.first
        if not 0 <= place < len(self.entities):
            raise KeyError(id_)
        return self.entities[place]

    def __iter__(self) -> Iterator[str]:
        return (entity.id for entity in self.entities)

    def __len__(self) -> int:
        return len(self.entities)


@dataclass(frozen=True)
class NamedEntities(Mapping[str, Entity]):
    """Entities by id, with every name that questions may use for them."""

    snapshot: Snapshot

    def __getitem__(self, id_: str) -> Entity:
        number = self.snapshot.network.place[id_] - self.snapshot.first_entity
        if number < 0:
            raise KeyError(id_)
        try:
            return self.snapshot.named_entity(number)
        except IndexError:
            raise KeyError(id_) from None

    def __iter__(self) -> Iterator[str]:
        nodes = self.snapshot.network.ids
        return (id_ for id_ in nodes[self.snapshot.first_entity :] if id_ in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
