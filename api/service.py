"""The facade behind the command line, REST and notebooks: one workspace, one published build.

Nothing is opened when it is made. The build is read when it is first asked for, and again when
another process has published a newer one; the encoder is loaded when something must be encoded.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from api.encoders import Encoders
from api.errors import BadRequest, NothingIngested
from api.nodes import node_of
from api.parameters import checked
from api.parameters.types import (
    Asked,
    Delay,
    Depth,
    DocumentName,
    KnownType,
    LevelName,
    MonthNumber,
    PathTop,
    SectionName,
    Sought,
    Top,
)
from api.schemas import (
    AnswerShape,
    DocumentShape,
    EntityDetailShape,
    EntityShape,
    EvaluationShape,
    ExportedShape,
    FactShape,
    ImpactShape,
    IngestedShape,
    ItemShape,
    MentionShape,
    PathsShape,
    RemovedShape,
    ReportShape,
    SearchAnswerShape,
    StatsShape,
    TraceShape,
)
from api.settings import Settings
from api.shaping import (
    answer_shape,
    document_shape,
    entity_detail_shape,
    entity_shape,
    fact_shape,
    impact_shape,
    item_shape,
    mention_shape,
    paths_shape,
    report_shape,
    search_answer_shape,
    trace_shape,
)
from api.workspace.snapshot import Snapshot
from api.workspace.store import Workspace
from kg.analysis import between, impact, trace
from kg.analysis.impact import DEPTH
from kg.errors import Ambiguous, NotFound
from kg.model import Entity, Item
from kg.progress import Progress
from kg.version import code_version

if TYPE_CHECKING:
    # Commands load what they use: what is named here is imported where it is needed.
    import networkx as nx
    from rdflib import Dataset

    from api.curation.curator import Curator
    from api.engine import Engine
    from api.workspace.builder import Builder
    from api.workspace.ingestion import Ingested, Ingestion
    from embeddings.encoder import Encoder


class KnowledgeService:
    """Everything one can do with a workspace. Safe to share between threads."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.workspace = Workspace(self.settings.workspace)
        self._lock = threading.RLock()
        self._encoders = Encoders(self.settings)
        self._engine: Engine | None = None
        self._snapshot: tuple[tuple[int, int], Snapshot] | None = None

    # Changing the workspace

    def ingest(
        self, files: Sequence[Path], progress: Progress | None = None, rebuild: bool = False
    ) -> IngestedShape:
        """Read files and publish a build of all documents; all files or none.

        Raises :class:`kg.errors.InputError`, and the workspace is unchanged.
        """
        if not files and not rebuild:
            raise BadRequest("请给出要导入的文件，或用 --rebuild 重新生成已有文件的图谱。")
        work = self._ingestion(progress)
        return self._ingested(work.add_files(files, rebuild) if files else work.rebuild())

    def ingest_bytes(self, name: str, data: bytes, progress: Progress | None = None) -> IngestedShape:
        """The same for one uploaded file; a file of the same name replaces the earlier one."""
        return self._ingested(self._ingestion(progress).add_bytes(name, data))

    def renew(self, progress: Progress | None = None) -> None:
        """Make the build anew from the sources where another version of the program made it."""
        work = self._ingestion(progress)
        if work.outdated():
            work.rebuild()

    def remove(self, document: str, progress: Progress | None = None) -> RemovedShape:
        """Take a document out. Raises :class:`kg.errors.NotFound`."""
        removed, build = self._ingestion(progress).remove(document)
        return RemovedShape(removed=removed, build=build)

    @property
    def curator(self) -> Curator:
        """Merge, split, reject, rename, retype, add names; undo; review."""
        from api.curation.curator import Curator

        return Curator(self.workspace, lambda: self.snapshot, lambda: self._ingestion(None).refresh())

    @cached_property
    def _builder(self) -> Builder:
        from api.workspace.builder import Builder

        return Builder(self.workspace)

    def _ingestion(self, progress: Progress | None) -> Ingestion:
        from api.workspace.ingestion import Ingestion

        told: Progress = progress or (lambda *_: None)
        encoding = partial(self._encoders.encoding, notify=lambda line: told(line.rstrip("…。"), 0, 1))
        return Ingestion(self.workspace, self.settings, self._builder, encoding, told)

    def _ingested(self, result: Ingested) -> IngestedShape:
        snapshot = self.snapshot
        wanted = set(result.documents)
        documents = [document for document in self.documents() if document.id in wanted]
        return IngestedShape(documents=documents, build=snapshot.build, changed=result.changed)

    # Reading

    @property
    def snapshot(self) -> Snapshot:
        """The published build, empty for an empty workspace."""
        with self._lock:
            stamp = self.workspace.stamp()
            if self._snapshot is None or self._snapshot[0] != stamp:
                self._snapshot = (stamp, Snapshot.open(self.workspace))
            return self._snapshot[1]

    @property
    def engine(self) -> Engine:
        """Search and answers over the published build."""
        from api.engine import Engine

        with self._lock:
            snapshot = self.snapshot
            if self._engine is None or self._engine.snapshot is not snapshot:
                self._engine = Engine(snapshot, self._encoders.encoding(self._model))
            return self._engine

    @property
    def encoder(self) -> Encoder:
        """The sentence encoder of the settings, else of the workspace; loading it takes seconds."""
        return self._encoders.of(self._model)

    @encoder.setter
    def encoder(self, encoder: Encoder) -> None:
        """Share an encoder that is loaded already, instead of loading one."""
        self._encoders.share(encoder)

    @property
    def _model(self) -> str | None:
        return self.settings.model or self.workspace.state().model

    @property
    def graph(self) -> nx.MultiDiGraph[str]:
        return self.snapshot.graph

    @property
    def rdf(self) -> Dataset:
        return self.snapshot.rdf

    def warm_up(self) -> None:
        """Load everything that the first question would wait for."""
        # The version of the code that runs, before an upgrade may replace the files it came from.
        code_version()
        if self.snapshot.build:
            self.search("预热", top=1)

    def documents(self) -> list[DocumentShape]:
        """The documents with their sizes, in the order in which they came."""
        snapshot = self.snapshot
        order = {id_: place for place, id_ in enumerate(snapshot.listed)}
        listed = sorted(snapshot.document_ids, key=order.__getitem__)
        return [document_shape(r.outline.document, r.sizes) for r in map(snapshot.records, listed)]

    def items(self, document: str | None = None) -> list[ItemShape]:
        """All items, or those of one document. Raises :class:`kg.errors.NotFound`."""
        return [item_shape(item) for item in self._items(document)]

    def _items(self, document: str | None) -> list[Item]:
        snapshot = self.snapshot
        if document is not None:
            document = snapshot.document(document).id
            return list(snapshot.records(document).items())
        return list(snapshot.items)

    def item(self, no: int, document: str | None = None) -> ItemShape:
        """One item. Raises NotFound, or Ambiguous where several documents have that number."""
        found = [item for item in self._items(document) if item.no == no]
        if not found:
            raise NotFound(f"没有第 {no} 号事项，请用 kg items 查看现有事项。")
        if len(found) > 1:
            names = "、".join(item.document for item in found)
            raise Ambiguous(f"有多个文件含第 {no} 号事项（{names}），请指明 document。")
        return item_shape(found[0])

    @checked
    def entities(self, type_: KnownType | None = None) -> list[EntityShape]:
        """All entities, or those of one type. Raises :class:`BadRequest` for an unknown type."""
        snapshot = self.snapshot
        return [self._entity(e, snapshot) for e in snapshot.entities if type_ in (None, e.type)]

    @staticmethod
    def _entity(entity: Entity, snapshot: Snapshot) -> EntityShape:
        return entity_shape(entity, snapshot.mentioning_items(entity.id), snapshot.mention_count(entity.id))

    def entity(self, name: str) -> EntityDetailShape:
        """An entity by id, name or alias, with its facts and mentions. Raises :class:`kg.errors.NotFound`."""
        snapshot = self.snapshot
        entity = snapshot.resolve(name)
        facts = snapshot.facts_of(entity.id)
        return entity_detail_shape(self._entity(entity, snapshot), snapshot.mentions_of(entity.id), facts)

    def mentions(self) -> list[MentionShape]:
        """Every mention, in the order of the documents."""
        return [mention_shape(mention) for mention in self.snapshot.mentions]

    def facts(self) -> list[FactShape]:
        """Every fact with its evidence."""
        return [fact_shape(fact) for fact in self.snapshot.facts]

    @checked
    def search(
        self,
        text: Sought,
        top: Top | None = None,
        level: LevelName = "step",
        document: DocumentName | None = None,
        section: SectionName | None = None,
        month: MonthNumber | None = None,
        plain: bool = False,
    ) -> SearchAnswerShape:
        """The passages that answer a question.

        ``top`` bounds the hits; without it there are ten, or all that surely belong to a whole set that is
        asked for. ``plain`` takes the question as mere words. Raises :class:`BadRequest` for an empty question
        or wrong parameters, :class:`NothingIngested`, and :class:`kg.errors.NotFound` for an unknown document.
        """
        from api.search.filters import Filters

        engine, build = self._answering()
        # A search nearly always needs the vector of its question: it is made while the rest is understood.
        engine.encoder.expect(lambda: engine.searcher.expected(text, plain))
        if document is not None:
            document = engine.snapshot.document(document).id
        filters = Filters(document, section, month)
        found = engine.searcher.search(text, level, top, filters, plain)  # type: ignore[arg-type]
        return search_answer_shape(found, build)

    @checked
    def ask(self, question: Asked, document: DocumentName | None = None) -> AnswerShape:
        """The answer to a question, or to the ``query`` of an earlier one.

        Raises :class:`BadRequest` for an empty question and for a query that cannot be run,
        :class:`NothingIngested`, and :class:`kg.errors.NotFound` for what a query or ``document`` names in vain.
        """
        engine, build = self._answering()
        if document is not None:
            document = engine.snapshot.document(document).id
        return answer_shape(engine.asker.ask(question, document), build)

    def _filled(self) -> Snapshot:
        """The published build. Raises :class:`NothingIngested` where there is none."""
        snapshot = self.snapshot
        if snapshot.build is None:
            raise NothingIngested("工作区里还没有文件，请先运行 kg ingest 导入。")
        return snapshot

    def _answering(self) -> tuple[Engine, str]:
        """What answers over the published build, and its id: of one build, whatever is published meanwhile.

        Raises :class:`NothingIngested` where there is none.
        """
        self._filled()
        engine = self.engine
        return engine, engine.snapshot.build or ""

    def evaluate(self, questions: Path) -> EvaluationShape:
        """Metrics of judged questions; see :mod:`api.evaluation`. Raises :class:`kg.errors.InputError`."""
        from api.evaluation import evaluate, read_questions

        judged = read_questions(questions)
        self._filled()
        return evaluate(self.engine, judged)

    def trace(self, name: str) -> TraceShape:
        """A Trace of an entity given by id, name or alias. Raises :class:`kg.errors.NotFound`."""
        snapshot = self.snapshot
        entity = snapshot.resolve(name)
        return trace_shape(trace(entity.id, snapshot.network), self._entity(entity, snapshot))

    @checked
    def impact(
        self, node: str, depth: Depth | None = None, delay: Delay | None = None, all_paths: bool = False
    ) -> ImpactShape:
        """An Impact of a node given by id, name, alias, item number or step key.

        ``depth`` (1 to 10) bounds the facts between the node and what is affected, ``delay`` (1 to 24) is a
        slip in months, ``all_paths`` gives every path and not the best alone. Raises
        :class:`kg.errors.NotFound` or :class:`BadRequest`.
        """
        snapshot = self.snapshot
        found = impact(node_of(node, snapshot), snapshot.network, snapshot.rules, depth or DEPTH, delay)
        return impact_shape(found, all_paths)

    @checked
    def path(self, one: str, other: str, top: PathTop = 5) -> PathsShape:
        """The ``top`` (1 to 50) shortest paths between two nodes.

        Raises :class:`kg.errors.NotFound` or :class:`BadRequest`.
        """
        snapshot = self.snapshot
        ends = node_of(one, snapshot), node_of(other, snapshot)
        return paths_shape(*ends, between(*ends, snapshot.network, top))

    def report(self, path: Path | None = None) -> ReportShape:
        """A report on all plans, also written to a ``.md``, ``.xlsx`` or ``.docx`` file where one is given.

        Raises :class:`BadRequest` or :class:`kg.errors.InputError`.
        """
        from api.report import report, write_report

        snapshot = self._filled()
        made = report(snapshot)
        if path is not None:
            write_report(made, path)
        return report_shape(made, str(path) if path else None)

    def stats(self) -> StatsShape:
        """Counts of everything, by type and relation."""
        return StatsShape(**self.snapshot.stats())

    def export(self, format_: str, path: Path) -> ExportedShape:
        """Write the graph to a file. Raises :class:`BadRequest` or :class:`kg.errors.InputError`."""
        from api import exports

        return exports.export(self.snapshot, format_, path)
