"""The facade behind the command line, REST and notebooks: one workspace, one published build.

Nothing is opened when it is made. The build is read when it is first asked for, and again when
another process has published a newer one; the encoder is loaded when something must be encoded.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
from rdflib import Dataset

from api import exports
from api.errors import BadRequest, NothingIngested
from api.indexing.indexes import Encoding
from api.nodes import node_of
from api.records import document_json, entity_json, item_json, mention_json, plain
from api.settings import Settings
from api.shapes import answer_json, asked_json, impact_json, paths_json, report_json, trace_json
from api.workspace.builder import Builder
from api.workspace.curation import Curator, entity_type
from api.workspace.ingestion import Ingested, Ingestion
from api.workspace.snapshot import Snapshot
from api.workspace.store import Workspace
from kg.analysis import between, impact, trace
from kg.analysis.impact import DEPTH, MAX_DEPTH, MAX_PATHS
from kg.errors import Ambiguous, NotFound
from kg.pipeline import Progress

if TYPE_CHECKING:
    from api.engine import Engine
    from embeddings.encoder import Encoder

_LEVELS = ("step", "item", "entity")
MAX_TOP = 1000
MAX_DELAY = 24


class KnowledgeService:
    """Everything one can do with a workspace. Safe to share between threads."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.workspace = Workspace(self.settings.workspace)
        self._builder = Builder(self.workspace)
        self._lock = threading.RLock()
        self._encoders: dict[str | None, Encoder] = {}
        self._shared: Encoder | None = None
        self._engine: Engine | None = None
        self._snapshot: tuple[tuple[int, int], Snapshot] | None = None

    # Changing the workspace

    def ingest(
        self, files: Sequence[Path], progress: Progress | None = None, rebuild: bool = False
    ) -> dict[str, Any]:
        """Read files and publish a build of all documents; all files or none.

        Raises :class:`kg.errors.InputError`, and the workspace is unchanged.
        """
        if not files and not rebuild:
            raise BadRequest("请给出要导入的文件，或用 --rebuild 重新生成已有文件的图谱。")
        work = self._ingestion(progress)
        return self._ingested(work.add_files(files, rebuild) if files else work.rebuild())

    def ingest_bytes(self, name: str, data: bytes, progress: Progress | None = None) -> dict[str, Any]:
        """The same for one uploaded file; a file of the same name replaces the earlier one."""
        return self._ingested(self._ingestion(progress).add_bytes(name, data))

    def remove(self, document: str, progress: Progress | None = None) -> dict[str, Any]:
        """Take a document out. Raises :class:`kg.errors.NotFound`."""
        removed, build = self._ingestion(progress).remove(document)
        return {"removed": removed, "build": build}

    @property
    def curator(self) -> Curator:
        """Merge, split, reject, rename, retype, add names; undo; review."""
        return Curator(self.workspace, lambda: self.snapshot, lambda: self._ingestion(None).refresh())

    def _ingestion(self, progress: Progress | None) -> Ingestion:
        nobody: Progress = lambda *_: None  # noqa: E731
        return Ingestion(self.workspace, self.settings, self._builder, self._encoding, progress or nobody)

    def _ingested(self, result: Ingested) -> dict[str, Any]:
        snapshot = self.snapshot
        wanted = set(result.documents)
        documents = [d for d in self.documents() if d["id"] in wanted]
        return {"documents": documents, "build": snapshot.build, "changed": result.changed}

    # Reading

    @property
    def snapshot(self) -> Snapshot:
        """The published build, empty for an empty workspace."""
        with self._lock:
            stamp = self.workspace.stamp()
            if self._snapshot is None or self._snapshot[0] != stamp:
                self._snapshot = (stamp, Snapshot.open(self.workspace, self._builder.made))
            return self._snapshot[1]

    @property
    def engine(self) -> Engine:
        """Search and answers over the published build; loading the encoder takes seconds."""
        from api.engine import Engine

        with self._lock:
            snapshot = self.snapshot
            if self._engine is None or self._engine.snapshot is not snapshot:
                self._engine = Engine(snapshot, self.encoder)
            return self._engine

    @property
    def encoder(self) -> Encoder:
        """The sentence encoder of the settings, else of the workspace; loading it takes seconds."""
        return self._encoder_of(self.settings.model or self.workspace.state().model)

    @encoder.setter
    def encoder(self, encoder: Encoder) -> None:
        """Share an encoder that is loaded already, instead of loading one."""
        self._shared = encoder

    def _encoder_of(self, model: str | None) -> Encoder:
        from embeddings.encoder import Encoder

        with self._lock:
            if self._shared is not None:
                return self._shared
            if model not in self._encoders:
                settings = self.settings
                local = not settings.allow_download
                self._encoders[model] = Encoder.load(model, cache_dir=settings.model_cache, local_only=local)
            return self._encoders[model]

    def _encoding(self, model: str | None) -> Encoding:
        """The encoder of a model for a build, loaded only where something must be encoded."""
        with self._lock:
            known = self._shared or self._encoders.get(model)
        if known is not None:
            return Encoding(known.name, known.fingerprint, lambda: known, known.dimension)
        from embeddings.sources import find_source

        settings = self.settings
        source = find_source(model, settings.model_cache, not settings.allow_download)
        return Encoding(source.name, source.fingerprint, lambda: self._encoder_of(model))

    @property
    def graph(self) -> nx.MultiDiGraph[str]:
        return self.snapshot.graph

    @property
    def rdf(self) -> Dataset:
        return self.snapshot.rdf

    def warm_up(self) -> None:
        """Load everything that the first question would wait for."""
        if self.snapshot.build:
            self.search("预热", top=1)

    def documents(self) -> list[dict[str, Any]]:
        snapshot = self.snapshot
        return [
            document_json(p.document, p.items, p.defects) | {"digest": p.document.digest}
            for p in sorted(snapshot.plans, key=lambda plan: snapshot.listed.index(plan.document.id))
        ]

    def items(self, document: str | None = None) -> list[dict[str, Any]]:
        """All items, or those of one document. Raises :class:`kg.errors.NotFound`."""
        if document is not None:
            document = self.snapshot.document(document).id
        return [item_json(item) for item in self.snapshot.items if document in (None, item.document)]

    def item(self, no: int, document: str | None = None) -> dict[str, Any]:
        """One item. Raises NotFound, or Ambiguous where several documents have that number."""
        found = [item for item in self.items(document) if item["no"] == no]
        if not found:
            raise NotFound(f"没有第 {no} 号事项，请用 kg items 查看现有事项。")
        if len(found) > 1:
            names = "、".join(item["document"] for item in found)
            raise Ambiguous(f"有多个文件含第 {no} 号事项（{names}），请指明 document。")
        return found[0]

    def entities(self, type_: str | None = None) -> list[dict[str, Any]]:
        """All entities, or those of one type. Raises :class:`BadRequest` for an unknown type."""
        wanted = entity_type(type_) if type_ is not None else None
        snapshot = self.snapshot
        return [
            entity_json(entity, snapshot.mentions_of(entity.id))
            for entity in snapshot.entities
            if wanted in (None, entity.type)
        ]

    def entity(self, name: str) -> dict[str, Any]:
        """An entity by id, name or alias, with its facts and mentions. Raises NotFound."""
        snapshot = self.snapshot
        entity = snapshot.resolve(name)
        mentions = snapshot.mentions_of(entity.id)
        facts = [f for f in snapshot.facts if entity.id in (f.head, f.tail)]
        return entity_json(entity, mentions) | {
            "facts": plain(facts),
            "spans": [mention_json(m) for m in mentions],
        }

    def surface(self, document: str, start: int, end: int) -> str:
        """The words of a document at code points ``[start, end)``. Raises :class:`kg.errors.NotFound`."""
        return self.snapshot.texts[self.snapshot.document(document).id][start:end]

    def mentions(self) -> list[dict[str, Any]]:
        return [mention_json(mention) for mention in self.snapshot.mentions]

    def facts(self) -> list[dict[str, Any]]:
        return plain(self.snapshot.facts)  # type: ignore[no-any-return]

    def search(
        self,
        text: str,
        top: int | None = None,
        level: str = "step",
        document: str | None = None,
        section: str | None = None,
        month: int | None = None,
        plain: bool = False,
    ) -> dict[str, Any]:
        """A SearchAnswer.

        ``top`` bounds the hits; without it there are ten, or all that surely belong to a whole set that is
        asked for. ``plain`` takes the question as mere words. Raises :class:`BadRequest` for an empty question
        or wrong parameters.
        """
        from api.search.filters import Filters

        self._check_search(text, top, level, month)
        snapshot = self.snapshot
        if snapshot.build is None:
            raise NothingIngested("工作区里还没有文件，请先运行 kg ingest 导入。")
        if document is not None:
            document = snapshot.document(document).id
        answer = self.engine.searcher.search(text, level, top, Filters(document, section, month), plain)  # type: ignore[arg-type]
        return answer_json(answer, snapshot.build)

    @staticmethod
    def _check_search(text: str, top: int | None, level: str, month: int | None) -> None:
        if not text.strip():
            raise BadRequest("问题是空的，请写出要查的内容。")
        if top is not None and not 1 <= top <= MAX_TOP:
            raise BadRequest(f"top 应在 1 到 {MAX_TOP} 之间。")
        if level not in _LEVELS:
            raise BadRequest(f"level 应为 {'、'.join(_LEVELS)} 之一。")
        if month is not None and not 1 <= month <= 12:
            raise BadRequest("month 应在 1 到 12 之间。")

    def ask(self, question: str, document: str | None = None) -> dict[str, Any]:
        """An Answer to a question, or to the ``query`` of an earlier one. Raises :class:`BadRequest`."""
        if not question.strip():
            raise BadRequest("问题是空的，请写出要问的内容。")
        snapshot = self.snapshot
        if snapshot.build is None:
            raise NothingIngested("工作区里还没有文件，请先运行 kg ingest 导入。")
        if document is not None:
            document = snapshot.document(document).id
        return asked_json(self.engine.asker.ask(question, document), snapshot.build)

    def evaluate(self, questions: Path) -> dict[str, Any]:
        """Metrics of judged questions; see :mod:`api.evaluation`. Raises :class:`kg.errors.InputError`."""
        from api.evaluation import analyses, read_questions, search

        judged = read_questions(questions)
        if self.snapshot.build is None:
            raise NothingIngested("工作区里还没有文件，请先运行 kg ingest 导入。")
        report: dict[str, Any] = {"questions": len(judged.searches) + len(judged.analyses), "systems": {}}
        if judged.searches:
            report |= search.evaluate(self.engine.searcher, judged.searches)
        return report | {"analyses": analyses.evaluate(self, judged.analyses)}

    def trace(self, name: str) -> dict[str, Any]:
        """A Trace of an entity given by id, name or alias. Raises :class:`kg.errors.NotFound`."""
        snapshot = self.snapshot
        entity = snapshot.resolve(name)
        return trace_json(
            trace(entity.id, snapshot.network), entity_json(entity, snapshot.mentions_of(entity.id))
        )

    def impact(
        self, node: str, depth: int | None = None, delay: int | None = None, all_paths: bool = False
    ) -> dict[str, Any]:
        """An Impact of a node given by id, name, alias, item number or step key.

        ``depth`` (1 to 10) bounds the facts between the node and what is affected, ``delay`` (1 to 24) is a
        slip in months, ``all_paths`` gives every path and not the best alone. Raises
        :class:`kg.errors.NotFound` or :class:`BadRequest`.
        """
        if depth is not None and not 1 <= depth <= MAX_DEPTH:
            raise BadRequest(f"depth 应在 1 到 {MAX_DEPTH} 之间。")
        if delay is not None and not 1 <= delay <= MAX_DELAY:
            raise BadRequest(f"delay 应在 1 到 {MAX_DELAY} 个月之间。")
        snapshot = self.snapshot
        found = impact(node_of(node, snapshot), snapshot.network, snapshot.rules, depth or DEPTH, delay)
        return impact_json(found, all_paths)

    def path(self, one: str, other: str, top: int = 5) -> dict[str, Any]:
        """The ``top`` (1 to 50) shortest paths between two nodes. Raises NotFound or :class:`BadRequest`."""
        if not 1 <= top <= MAX_PATHS:
            raise BadRequest(f"top 应在 1 到 {MAX_PATHS} 之间。")
        snapshot = self.snapshot
        ends = node_of(one, snapshot), node_of(other, snapshot)
        return paths_json(*ends, between(*ends, snapshot.network, top))

    def report(self, path: Path | None = None) -> dict[str, Any]:
        """A report on all plans, also written to a ``.md``, ``.xlsx`` or ``.docx`` file where one is given.

        Raises :class:`BadRequest` or :class:`kg.errors.InputError`.
        """
        from api.report import report, write_report

        if self.snapshot.build is None:
            raise NothingIngested("工作区里还没有文件，请先运行 kg ingest 导入。")
        made = report(self.snapshot)
        if path is not None:
            write_report(made, path)
        return report_json(made, path)

    def stats(self) -> dict[str, Any]:
        """Counts of everything, by type and relation."""
        return self.snapshot.stats()

    def export(self, format_: str, path: Path) -> dict[str, Any]:
        """Write the graph to a file. Raises :class:`BadRequest` or :class:`kg.errors.InputError`."""
        return exports.export(self.snapshot, format_, path)
