"""The records that flow through the pipeline, and the ids by which they are known.

Every stage is a function from some of these records to others. All are frozen; positions are
Unicode code points into the decoded text of a document (BOM dropped, CRLF read as LF), so that
``text[span.start:span.end]`` is the surface itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

EntityType = Literal[
    "Company",
    "Project",
    "Platform",
    "Topic",
    "Organization",
    "Section",
    "Place",
    "Program",
    "Event",
    "PolicyDocument",
]
Where = Literal["title", "prose", "content", "step", "measures", "criteria", "section", "supervision"]
Method = Literal["stated", "pattern", "inferred"]
Comparator = Literal["=", ">=", "<=", ">", "<", "≈"]
Role = Literal["lead", "support"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one document: ``text[start:end]``, beginning on the 1-based ``line``.

    ``table``, ``row`` and ``column`` (0-based) are set where the source is a table file.
    """

    document: str
    line: int
    start: int
    end: int
    table: int | None = None
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One ingested source. ``digest`` is the SHA-256 of its bytes, in hexadecimal."""

    id: str
    name: str
    title: str
    year: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class Defect:
    """Something the source spoiled: kept as it is, and reported."""

    code: str
    message: str
    source: Span


@dataclass(frozen=True, slots=True)
class Step:
    """One dated entry of an item.

    ``months`` are 1..12 in ascending order, empty where none is written; ``quarter`` is 1..4, or
    ``None`` where the months reach over several quarters or none is known.
    """

    key: str
    label: str | None
    months: tuple[int, ...]
    quarter: int | None
    text: str
    source: Span


@dataclass(frozen=True, slots=True)
class Target:
    """A number the plan commits to; ``month`` is its deadline (1..12) where one is known."""

    text: str
    metric: str
    number: float
    unit: str
    comparator: Comparator
    month: int | None
    where: Where
    source: Span
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """The responsible section of an item: ``raw`` as written, ``name`` as understood."""

    name: str
    raw: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class Responsible:
    """One responsible unit and the part it plays."""

    name: str
    role: Role
    source: Span


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a plan (事项)."""

    document: str
    no: int
    number_in_source: bool
    content: str
    section: Section | None
    measures: str | None
    hotline: str | None
    source: Span
    content_source: Span
    steps: tuple[Step, ...] = ()
    targets: tuple[Target, ...] = ()
    defects: tuple[Defect, ...] = ()
    responsible: tuple[Responsible, ...] = ()
    section_source: Span | None = None
    measures_sources: tuple[Span, ...] = ()
    criteria: str | None = None
    criteria_sources: tuple[Span, ...] = ()
    supervision_source: Span | None = None

    @property
    def id(self) -> str:
        """The id of its node."""
        return item_id(self.document, self.no)


@dataclass(frozen=True, slots=True)
class Plan:
    """One document read as a plan."""

    document: Document
    text: str
    title_source: Span | None
    items: tuple[Item, ...]
    defects: tuple[Defect, ...] = ()
    prose: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """A name found in a passage, before anyone knows which entity it names.

    ``start`` and ``end`` count from the beginning of the passage; ``annotator`` tells which recogniser
    found it (``vocabulary``, ``grammar``, ``ner``, ``context``), ``confidence`` is in [0, 1].
    """

    start: int
    end: int
    type: EntityType
    annotator: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at its place in a document, joined to the entity it names."""

    source: Span
    surface: str
    type: EntityType
    where: Where
    item: int | None
    step: str | None
    annotator: str
    confidence: float
    entity: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing of the world; ``reasons`` says for each alias why it was joined."""

    id: str
    type: EntityType
    name: str
    aliases: tuple[str, ...]
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """``head`` — ``relation`` → ``tail``, shown by at least one span of evidence."""

    head: str
    relation: str
    tail: str
    evidence: tuple[Span, ...]
    method: Method = "stated"


@dataclass(frozen=True)
class AnnotatedPlan:
    """A plan with its targets and its mentions, which are not yet joined to entities."""

    plan: Plan
    mentions: tuple[Mention, ...]


@dataclass(frozen=True)
class DocumentShare:
    """One document as a part of the whole: its mentions with their entities, and the facts that it shows."""

    plan: Plan
    mentions: tuple[Mention, ...]
    facts: tuple[Fact, ...]


def entity_id(type_: str, name: str) -> str:
    """``company:海尔``: the type in lower case, and the name."""
    return f"{type_.lower()}:{name}"


def document_id(document: str) -> str:
    """``document:计划``, by the id of the document."""
    return f"document:{document}"


def item_id(document: str, no: int) -> str:
    """``item:计划/7``: the document, and the number of the item in it."""
    return f"item:{document}/{no}"


def step_id(document: str, key: str) -> str:
    """``step:计划/7:3``: the document, and the key that :func:`step_key` gave the step."""
    return f"step:{document}/{key}"


def target_id(document: str, no: int, ordinal: int) -> str:
    """``ordinal`` counts the targets of an item from 1, in the order of the text."""
    return f"target:{document}/{no}/{ordinal}"


def month_id(month: int) -> str:
    """``month:3`` for March; 1 to 12."""
    return f"month:{month}"


class NodeId(NamedTuple):
    """An id taken apart: ``kind`` is the type in lower case, ``name`` what follows the first colon.

    Of items, steps and targets ``name`` is the document, a slash, and what they are called inside it; a name
    of a document may hold slashes itself.
    """

    kind: str
    name: str

    @property
    def document(self) -> str:
        """The document of an item, a step or a target."""
        parts = 2 if self.kind == "target" else 1
        return self.name.rsplit("/", parts)[0]

    @property
    def local(self) -> str:
        """What an item, a step or a target is called in its document: ``13``, ``13:8``, ``13/2``."""
        return self.name[len(self.document) + 1 :]


def parse_id(node: str) -> NodeId:
    """The parts of an id; the only place where ids are taken apart. A text without a colon has no kind."""
    kind, colon, name = node.partition(":")
    return NodeId(kind, name) if colon else NodeId("", node)


def step_key(no: int, months: tuple[int, ...], quarter: int | None) -> str:
    """``13:8``; ``23:1-3`` for a range; ``3:4-6+9-11`` for two; ``4:Q1`` or ``4:0`` without one."""
    if not months:
        return f"{no}:Q{quarter}" if quarter else f"{no}:0"
    runs: list[list[int]] = []
    for month in months:
        if runs and month == runs[-1][1] + 1:
            runs[-1][1] = month
        else:
            runs.append([month, month])
    return f"{no}:" + "+".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
