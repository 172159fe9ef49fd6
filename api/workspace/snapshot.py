"""One published build in memory: records as read, graph, RDF and search made when first needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import networkx as nx
from rdflib import Dataset

from api.indexing.indexes import Indexes, Saved, read_indexes
from api.workspace.build import Made, manifest_of, read_extraction, read_knowledge
from api.workspace.naming import Naming, with_vocabulary
from api.workspace.store import Workspace
from kg.analysis import ImpactRules, Network
from kg.errors import NotFound
from kg.graph import build_graph
from kg.knowledge import Knowledge
from kg.model import Document, Entity, EntityType, Fact, Item, Mention, Plan, parse_id
from kg.pipeline import Extraction
from kg.rdf import build_dataset
from kg.recognition.vocabulary import Vocabulary

_IMPLIED: Mapping[str, EntityType] = {"topic": "Topic", "section": "Section"}
_IMPLYING = ("broader", "responsible", "supports")
"""Relations whose tail may be a thing that no mention names."""


class Snapshot:
    """What one build says. Immutable once made; ``build`` is ``None`` for an empty workspace."""

    def __init__(
        self,
        build: str | None,
        extraction: Extraction,
        knowledge: Knowledge,
        folder: Path,
        listed: Sequence[str] = (),
        made: Mapping[str, Saved] | None = None,
    ) -> None:
        self.build = build
        self.plans: tuple[Plan, ...] = extraction.plans
        self.mentions: tuple[Mention, ...] = extraction.mentions
        self.entities: tuple[Entity, ...] = extraction.entities
        self.facts: tuple[Fact, ...] = extraction.facts
        self.knowledge = knowledge
        self.folder = folder
        self.listed = listed
        """The ids of the documents in the order in which they came; records have that of the ids."""
        self._made = made or {}

    @staticmethod
    def open(workspace: Workspace, made: Made | None = None) -> Snapshot:
        """The published build, read from disk, or from memory where it was ``made`` in this process.

        Raises :class:`api.errors.WorkspaceError`.
        """
        state = workspace.state()
        if state.build is None:
            return Snapshot(None, Extraction((), (), (), ()), Knowledge(), workspace.builds)
        folder = workspace.build_folder(state)
        listed = [document.id for document in state.documents]
        if made is not None and made.folder == folder:
            contents = made.contents
            extraction = Extraction.of(contents.documents, contents.entities)
            return Snapshot(state.build, extraction, contents.knowledge, folder, listed, made.indexes)
        return Snapshot(state.build, read_extraction(folder), read_knowledge(folder), folder, listed)

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
    def rdf(self) -> Dataset:
        return build_dataset(self.plans, self.entities, self.facts)

    @cached_property
    def _vocabulary(self) -> dict[tuple[str, str], str]:
        return Vocabulary.load(self.knowledge).canonical

    @cached_property
    def named(self) -> list[Entity]:
        """The entities with every name a question may use for them, dictionaries included."""
        return with_vocabulary([*self.entities, *self._implied], self._vocabulary)

    @cached_property
    def _implied(self) -> list[Entity]:
        """Broader topics and further units that only facts name."""
        known = {entity.id for entity in self.entities}
        nodes = dict.fromkeys(fact.tail for fact in self.facts if fact.relation in _IMPLYING)
        ids = [parse_id(node) for node in nodes if node not in known]
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
