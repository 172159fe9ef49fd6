"""One published build in memory: records as read, graph, RDF and search made when first needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import networkx as nx
from rdflib import Dataset

from api.errors import WorkspaceError
from api.indexing.indexes import Indexes, Saved, read_indexes
from api.wording import Labels
from api.workspace.build import Made, manifest_of, read_documents, read_knowledge
from api.workspace.naming import Naming, with_vocabulary
from api.workspace.store import Workspace
from kg.analysis import ImpactRules, Network
from kg.errors import NotFound
from kg.graph import build_graph
from kg.knowledge import Knowledge
from kg.model import Document, Entity, EntityType, Fact, Item, Mention, Plan, parse_id
from kg.pipeline import DocumentShare
from kg.rdf import build_dataset
from kg.recognition import Vocabulary
from kg.relations import merged

_IMPLIED: Mapping[str, EntityType] = {"topic": "Topic", "section": "Section"}


class Snapshot:
    """What one build says. Immutable once made; ``build`` is ``None`` for an empty workspace."""

    def __init__(
        self,
        build: str | None,
        documents: Sequence[DocumentShare],
        entities: Sequence[Entity],
        knowledge: Knowledge,
        folder: Path,
        listed: Sequence[str] = (),
    ) -> None:
        self.build = build
        self.documents = tuple(documents)
        self.entities = tuple(entities)
        self.knowledge = knowledge
        self.folder = folder
        self.listed = listed
        """The ids of the documents in the order in which they came; records have that of the ids."""
        self._made: Mapping[str, Saved] = {}

    @staticmethod
    def open(workspace: Workspace, made: Made | None = None) -> Snapshot:
        """The published build, read from disk, or from memory where it was ``made`` in this process.

        Raises :class:`api.errors.WorkspaceError`.
        """
        state = workspace.state()
        if state.build is None:
            return Snapshot(None, (), (), Knowledge(), workspace.builds)
        folder = workspace.build_folder(state)
        listed = [document.id for document in state.documents]
        if made is None or made.folder != folder:
            try:
                return Snapshot(state.build, *read_documents(folder), read_knowledge(folder), folder, listed)
            except WorkspaceError:
                if workspace.build_folder(workspace.state()) == folder:
                    raise
                # Another process has published, and removed what was being read.
                return Snapshot.open(workspace, made)
        assembled, knowledge = made.contents.assembled, made.contents.knowledge
        snapshot = Snapshot(state.build, assembled.documents, assembled.entities, knowledge, folder, listed)
        snapshot._made = made.indexes
        snapshot.vocabulary = assembled.vocabulary
        return snapshot

    @property
    def plans(self) -> tuple[Plan, ...]:
        return tuple(document.plan for document in self.documents)

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """All mentions, document by document in the order of the text."""
        return tuple(mention for document in self.documents for mention in document.mentions)

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """All facts in order of head, relation and tail; those that several documents show are one."""
        return tuple(merged(document.facts for document in self.documents))

    def indexes(self, fingerprint: str) -> Indexes:
        """The indexes of the build. Raises :class:`WorkspaceError` where another encoder made them."""
        return read_indexes(self.folder, fingerprint, self._made)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for plan in self.plans for item in plan.items)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The decoded text of each document, which spans count into."""
        return {plan.document.id: plan.text for plan in self.plans}

    @cached_property
    def mentions_by_entity(self) -> dict[str, list[Mention]]:
        grouped: dict[str, list[Mention]] = {}
        for mention in self.mentions:
            grouped.setdefault(mention.entity, []).append(mention)
        return grouped

    def mentions_of(self, entity: str) -> list[Mention]:
        return self.mentions_by_entity.get(entity, [])

    @property
    def aliases(self) -> Iterator[str]:
        """Every name of every entity."""
        return (alias for entity in self.entities for alias in entity.aliases)

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        return build_graph(self.plans, self.entities, self.facts)

    @cached_property
    def network(self) -> Network:
        """The same facts as arrays, which traces and impacts are computed on."""
        return Network.of(self.plans, self.entities, self.facts, self.mentions)

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
        return build_dataset(self.plans, self.entities, self.facts)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The names that are known without the documents."""
        return Vocabulary.load(self.knowledge)

    @cached_property
    def named(self) -> list[Entity]:
        """The entities with every name a question may use for them, dictionaries included."""
        return with_vocabulary([*self.entities, *self._implied], self.vocabulary.canonical)

    @cached_property
    def _implied(self) -> list[Entity]:
        """Broader topics and further units that only facts name."""
        known = self.entities_by_id
        nodes = dict.fromkeys(node for document in self.documents for node in document.implied)
        ids = (parse_id(node) for node in nodes if node not in known)
        return [
            Entity(f"{id_.kind}:{id_.name}", _IMPLIED[id_.kind], id_.name, (id_.name,))
            for id_ in ids
            if id_.kind in _IMPLIED
        ]

    @cached_property
    def entities_by_id(self) -> dict[str, Entity]:
        return {entity.id: entity for entity in self.entities}

    @cached_property
    def _naming(self) -> Naming:
        return Naming(self.named, lambda entity: len(self.mentions_of(entity)))

    def resolve(self, name: str) -> Entity:
        """The entity of an id, a name or an alias; of several with one name, the most mentioned.

        Raises :class:`NotFound` with the nearest names.
        """
        found = self._naming.resolve(name)
        return self.entities_by_id.get(found) or next(e for e in self.named if e.id == found)

    def document(self, name: str) -> Document:
        """A document by id or file name. Raises :class:`NotFound`."""
        for plan in self.plans:
            if name in (plan.document.id, plan.document.name):
                return plan.document
        known = tuple(plan.document.id for plan in self.plans)
        raise NotFound(f"没有名为“{name}”的文件，现有：{'、'.join(known) or '无'}。", known)

    def stats(self) -> dict[str, Any]:
        defects = Counter(d.code for item in self.items for d in item.defects)
        return {
            "build": self.build,
            "encoder": manifest_of(self.folder).encoder if self.build else None,
            "documents": len(self.plans),
            "items": len(self.items),
            "steps": sum(len(item.steps) for item in self.items),
            "targets": sum(len(item.targets) for item in self.items),
            "mentions": len(self.mentions),
            "entities": dict(sorted(Counter(entity.type for entity in self.entities).items())),
            "facts": dict(sorted(Counter(fact.relation for fact in self.facts).items())),
            "nodes": self.graph.number_of_nodes(),
            "edges": self.graph.number_of_edges(),
            "defects": dict(sorted(defects.items())),
        }
