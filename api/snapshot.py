"""One published build in memory: records as read, graph, RDF and search made when first needed."""

from __future__ import annotations

import threading
from collections import Counter
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
from rdflib import Dataset

from api.build import manifest_of, read_extraction
from api.words import simplified
from api.workspace import Workspace
from kg.analysis import Network, Rules
from kg.errors import NotFound
from kg.graph import build_graph
from kg.knowledge import Knowledge
from kg.model import Document, Entity, Fact, Item, Mention, Plan
from kg.pipeline import Extraction
from kg.rdf import build_dataset

if TYPE_CHECKING:
    from api.ask import Asker
    from api.search.searcher import Searcher
    from embeddings.encoder import Encoder

_NEAREST = 5


class Snapshot:
    """What one build says. Immutable once made; ``build`` is ``None`` for an empty workspace."""

    def __init__(
        self, build: str | None, extraction: Extraction, workspace: Workspace, folder: Path | None = None
    ) -> None:
        self.build = build
        self._making = threading.Lock()
        self._folder = folder or workspace.builds
        self.plans: tuple[Plan, ...] = extraction.plans
        self.mentions: tuple[Mention, ...] = extraction.mentions
        self.entities: tuple[Entity, ...] = extraction.entities
        self.facts: tuple[Fact, ...] = extraction.facts
        self._workspace = workspace

    @staticmethod
    def open(workspace: Workspace) -> Snapshot:
        """Read the published build. Raises :class:`api.failures.WorkspaceError`."""
        state = workspace.state()
        if state.build is None:
            return Snapshot(None, Extraction((), (), (), ()), workspace)
        folder = workspace.build_folder(state)
        return Snapshot(state.build, read_extraction(folder), workspace, folder)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for plan in self.plans for item in plan.items)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The decoded text of each document, which spans count into."""
        return {plan.document.id: plan.text for plan in self.plans}

    @cached_property
    def _by_entity(self) -> dict[str, list[Mention]]:
        grouped: dict[str, list[Mention]] = {}
        for mention in self.mentions:
            grouped.setdefault(mention.entity, []).append(mention)
        return grouped

    def mentions_of(self, entity: str) -> list[Mention]:
        return self._by_entity.get(entity, [])

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        return build_graph(self.plans, self.entities, self.facts)

    @cached_property
    def network(self) -> Network:
        """The same facts as arrays, which traces and impacts are computed on."""
        return Network.of(self.plans, self.entities, self.facts, self.mentions)

    @cached_property
    def rules(self) -> Rules:
        """How a slip spreads, with the user's own rules."""
        return Rules.of(Knowledge().with_folder(self._workspace.knowledge).impact)

    @cached_property
    def rdf(self) -> Dataset:
        return build_dataset(self.plans, self.entities, self.facts)

    @cached_property
    def _vocabulary(self) -> dict[tuple[str, str], str]:
        from kg.recognition.vocabulary import Vocabulary

        return Vocabulary.load(Knowledge().with_folder(self._workspace.knowledge)).canonical

    @cached_property
    def named(self) -> list[Entity]:
        """The entities with every name a question may use for them, dictionaries included."""
        from api.search.understanding import vocabulary_aliases

        return vocabulary_aliases(self._vocabulary, [*self.entities, *self._implied])

    @cached_property
    def _implied(self) -> list[Entity]:
        """Broader topics and further units that only facts name."""
        known = {entity.id for entity in self.entities}
        network = self.network
        return [
            Entity(network.ids[place], network.types[place], name, (name,))  # type: ignore[arg-type]
            for place, name in network.names.items()
            if network.ids[place] not in known and network.types[place] in ("Topic", "Section")
        ]

    @cached_property
    def _by_id(self) -> dict[str, Entity]:
        return {entity.id: entity for entity in self.entities}

    @cached_property
    def _names(self) -> dict[str, list[Entity]]:
        names: dict[str, list[Entity]] = {}
        for entity in self.named:
            for name in {entity.id, entity.name, *entity.aliases}:
                names.setdefault(simplified(name), []).append(entity)
        return names

    def resolve(self, name: str) -> Entity:
        """The entity of an id, a name or an alias; of several with one name, the most mentioned.

        Raises :class:`NotFound` with the nearest names.
        """
        wanted = simplified(name.strip())
        found = self._names.get(wanted)
        if found:
            exact = [e for e in found if simplified(e.name) == wanted or simplified(e.id) == wanted]
            best = max(exact or found, key=lambda e: (len(self.mentions_of(e.id)), e.id))
            return self._by_id.get(best.id, best)
        nearest = self._nearest(wanted)
        hint = f"相近的名称：{'、'.join(nearest)}。" if nearest else "可用 kg entities 查看现有名称。"
        raise NotFound(f"没有找到“{name}”，{hint}", nearest)

    def _nearest(self, wanted: str) -> tuple[str, ...]:
        names = [name for name in self._names if ":" not in name]
        close = get_close_matches(wanted, names, n=_NEAREST, cutoff=0.5)
        holding = [
            name for name in names if wanted and (wanted in name or (len(name) > 1 and name in wanted))
        ]
        ordered = dict.fromkeys([*close, *sorted(holding, key=len)])
        return tuple(dict.fromkeys(self._names[name][0].name for name in ordered))[:_NEAREST]

    def document(self, name: str) -> Document:
        """A document by id or file name. Raises :class:`NotFound`."""
        for plan in self.plans:
            if name in (plan.document.id, plan.document.name):
                return plan.document
        known = tuple(plan.document.id for plan in self.plans)
        raise NotFound(f"没有名为“{name}”的文件，现有：{'、'.join(known) or '无'}。", known)

    def searcher(self, encoder: Encoder) -> Searcher:
        """Search over this build with the encoder that made it."""
        with self._making:
            if self._searcher is None:
                self._searcher = self._make_searcher(encoder)
            return self._searcher

    def asker(self, encoder: Encoder) -> Asker:
        """Questions and answers over this build."""
        from api.ask import Asker

        searcher = self.searcher(encoder)
        with self._making:
            if self._asker is None:
                self._asker = Asker(self, searcher)
            return self._asker

    _searcher: Searcher | None = None
    _asker: Asker | None = None

    def _make_searcher(self, encoder: Encoder) -> Searcher:
        from api.build import read_indexes
        from api.search.answerable import Answerable, Model
        from api.search.catalogue import Catalogue
        from api.search.searcher import Searcher
        from api.search.understanding import Questions, question_words
        from api.search.voices import Voices
        from api.views import WHOLE_ITEM
        from api.words import Words

        assert self.build is not None
        names = (alias for entity in self.entities for alias in entity.aliases)
        indexes = read_indexes(self._folder, encoder.fingerprint)
        words = Words.of(names, question_words()["stop"])
        catalogue = Catalogue(self.network, self._by_entity)
        whole = indexes.lexical[WHOLE_ITEM]
        knowledge = Knowledge().with_folder(self._workspace.knowledge)
        return Searcher(
            Voices(catalogue, indexes, encoder, words),
            Questions.of(
                self.named, knowledge, lambda word: all(map(whole.holds, words.telling_tokens(word)))
            ),
            self._by_id,
            Answerable(
                catalogue,
                whole,
                words,
                {entity.id: entity for entity in self.named},
                Model.learned(encoder.name),
            ),
        )

    def stats(self) -> dict[str, Any]:
        defects = Counter(d.code for item in self.items for d in item.defects)
        return {
            "build": self.build,
            "encoder": manifest_of(self._folder)["encoder"] if self.build else None,
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
