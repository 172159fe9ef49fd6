"""The records of one document in a file: written once, read piece by piece.

An SQLite file with two tables: ``items``, each as JSON by its number in the document, and ``parts``: the plan without
its items, its text, and the arrays of its network share, facts and mentions. An answer reads the records that it
shows: from SQLite a single one in a fraction of the time that JSON takes to be read whole (figures in
docs/architecture.md).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

from api.errors import WorkspaceError
from api.indexing.passages import examples, own_texts
from kg.analysis.arrays import named_arrays, of_arrays
from kg.analysis.share import NetworkShare
from kg.analysis.strings import Strings
from kg.model import DocumentShare, Fact, Item, Mention, Method, Plan, Span, parse_id

Array = npt.NDArray[Any]
_METHODS: tuple[Method, ...] = get_args(Method)
_NONE = -1
"""Stands in an array of spans for what a span does not have."""


def write_records(path: Path, share: DocumentShare) -> None:
    """Write a share to a new file; equal shares give equal bytes. Raises OSError."""
    plan = share.plan
    network = NetworkShare.of(plan, share.mentions, share.facts)
    parts = {
        "plan": adapter(Plan).dump_json(replace(plan, items=(), text="")),
        "text": plan.text.encode("utf-8", "surrogatepass"),
        "examples": json.dumps(examples(plan.text, share.mentions), ensure_ascii=False).encode(),
        "counts": json.dumps(
            [len(i.steps) for i in plan.items] + [len(i.defects) for i in plan.items]
        ).encode(),
        **{f"own.{name}": _bytes(array) for name, array in named_arrays(Strings.of(own_texts(plan))).items()},
        **{f"network.{name}": _bytes(array) for name, array in named_arrays(network).items()},
        **{f"facts.{name}": _bytes(array) for name, array in _fact_arrays(share.facts).items()},
        **{f"mentions.{name}": _bytes(array) for name, array in _mention_arrays(share).items()},
    }
    items = ((at, adapter(Item).dump_json(item)) for at, item in enumerate(plan.items))
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            database.execute("BEGIN")
            database.execute("CREATE TABLE items (number INTEGER PRIMARY KEY, value BLOB NOT NULL)")
            database.execute("CREATE TABLE parts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
            database.executemany("INSERT INTO items VALUES (?, ?)", items)
            database.executemany("INSERT INTO parts VALUES (?, ?)", sorted(parts.items()))
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise OSError(str(error)) from error


def _fact_arrays(facts: Sequence[Fact]) -> Mapping[str, Array]:
    bounds = np.cumsum([0, *(len(fact.evidence) for fact in facts)]).astype(np.int32)
    return {
        "bounds": bounds,
        "spans": _span_array(span for fact in facts for span in fact.evidence),
        "methods": np.array([_METHODS.index(fact.method) for fact in facts], dtype=np.int8),
    }


def _mention_arrays(share: DocumentShare) -> Mapping[str, Array]:
    mentions = share.mentions
    words = {word: at for at, word in enumerate(sorted({w for m in mentions for w in _words(m)}))}
    # A surface is the text at its span, but for what a reader was told otherwise.
    strange = {
        at: m.surface
        for at, m in enumerate(mentions)
        if m.surface != share.plan.text[m.source.start : m.source.end]
    }
    surfaces = Strings.of(strange.values())
    return {
        "spans": _span_array(mention.source for mention in mentions),
        "words": np.array([[words[w] for w in _words(m)] for m in mentions], np.int16).reshape(-1, 3),
        "confidences": np.array([mention.confidence for mention in mentions], dtype=np.float64),
        "numbers": np.array([_NONE if m.item is None else m.item for m in mentions], dtype=np.int64),
        "strange": np.array(list(strange), dtype=np.int32),
        **{f"surfaces.{name}": array for name, array in named_arrays(surfaces).items()},
        **{f"dictionary.{name}": array for name, array in named_arrays(Strings.of(words)).items()},
    }


def _words(mention: Mention) -> tuple[str, str, str]:
    return mention.type, mention.where, mention.annotator


def _span_array(spans: Iterable[Span]) -> Array:
    rows = [
        [_NONE if value is None else value for value in (s.line, s.start, s.end, s.table, s.row, s.column)]
        for s in spans
    ]
    return np.array(rows, dtype=np.int32).reshape(-1, 6)


def _bytes(array: Array) -> bytes:
    """An array behind a line that says its kind and its shape."""
    shape = " ".join(map(str, array.shape))
    return f"{array.dtype.str} {shape}\n".encode() + np.ascontiguousarray(array).tobytes()


class DocumentRecords:
    """A file of records. Nothing is read before it is asked for; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def outline(self) -> Plan:
        """The plan without its items and its text."""
        (value,) = self._parts(["plan"]).values()
        plan: Plan = _validated(Plan, value)
        return plan

    @cached_property
    def text(self) -> str:
        """The decoded text, which spans count into."""
        return self._parts(["text"])["text"].decode("utf-8", "surrogatepass")

    @property
    def plan(self) -> Plan:
        """The whole plan."""
        return replace(self.outline, items=tuple(self.items()), text=self.text)

    def items(self) -> Iterator[Item]:
        """All items, in their order."""
        for (value,) in self._rows("SELECT value FROM items ORDER BY number", ()):
            yield _validated(Item, value)

    def item(self, number: int) -> Item:
        """The item at a place, counted from 0."""
        ((value,),) = self._rows("SELECT value FROM items WHERE number = ?", (number,))
        item: Item = _validated(Item, value)
        return item

    @cached_property
    def sizes(self) -> tuple[int, int, int]:
        """How many items, steps and defects there are."""
        counts: list[int] = json.loads(self._parts(["counts"])["counts"])
        items = len(counts) // 2
        return items, sum(counts[:items]), sum(counts[items:]) + len(self.outline.defects)

    @cached_property
    def examples(self) -> Mapping[str, Sequence[str]]:
        """For each entity the first lines that mention it; see :func:`api.indexing.passages.examples`."""
        found: Mapping[str, Sequence[str]] = json.loads(self._parts(["examples"])["examples"])
        return found

    @property
    def own_texts(self) -> Strings:
        """What every item says outside its steps; see :func:`api.indexing.passages.own_texts`."""
        return of_arrays(Strings, self._group("own").__getitem__)

    @cached_property
    def network(self) -> NetworkShare:
        """The document's part in a network."""
        return of_arrays(NetworkShare, self._group("network").__getitem__)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts that the document shows, in order of head, relation and tail."""
        return tuple(self.fact(number) for number in range(len(self._facts["methods"])))

    def fact(self, number: int) -> Fact:
        """One of them, with what shows it in this document."""
        facts, share = self._facts, self.network
        start, end = facts["bounds"][number : number + 2].tolist()
        return Fact(
            self._node(int(share.heads[number])),
            share.relation_names[int(share.relations[number])],
            self._node(int(share.tails[number])),
            tuple(self._span(row) for row in facts["spans"][start:end].tolist()),
            _METHODS[int(facts["methods"][number])],
        )

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """All mentions, in the order of the text."""
        return tuple(self.mention(number) for number in range(len(self._mentions["spans"])))

    def mention(self, number: int) -> Mention:
        """One of them."""
        mentions, share = self._mentions, self.network
        words: list[Any] = [self._dictionary[code] for code in mentions["words"][number].tolist()]
        span = self._span(mentions["spans"][number].tolist())
        entity = share.others[int(share.mention_entities[number])]
        item, step = int(mentions["numbers"][number]), int(share.mention_steps[number])
        surface = self._surfaces.get(number)
        return Mention(
            span,
            self.text[span.start : span.end] if surface is None else surface,
            words[0],
            words[1],
            None if item == _NONE else item,
            None if step < 0 else parse_id(share.step_ids[step]).name.removeprefix(f"{share.document}/"),
            words[2],
            float(mentions["confidences"][number]),
            entity,
            parse_id(entity).name,
        )

    @cached_property
    def share(self) -> DocumentShare:
        """Everything at once."""
        return DocumentShare(self.plan, self.mentions, self.facts)

    def _node(self, number: int) -> str:
        """The id of a node that is numbered within the document."""
        share = self.network
        for ids in (share.item_ids, share.step_ids, share.target_ids, share.others):
            if number < len(ids):
                return ids[number]
            number -= len(ids)
        raise IndexError(number)

    def _span(self, row: Sequence[int]) -> Span:
        line, start, end, *cell = row
        return Span(self.network.document, line, start, end, *(None if c == _NONE else c for c in cell))

    @cached_property
    def _facts(self) -> Mapping[str, Array]:
        return self._group("facts")

    @cached_property
    def _mentions(self) -> Mapping[str, Array]:
        return self._group("mentions")

    @cached_property
    def _dictionary(self) -> tuple[str, ...]:
        return tuple(of_arrays(Strings, self._mentions.__getitem__, "dictionary."))

    @cached_property
    def _surfaces(self) -> Mapping[int, str]:
        surfaces = of_arrays(Strings, self._mentions.__getitem__, "surfaces.")
        return dict(zip(self._mentions["strange"].tolist(), surfaces, strict=True))

    def _group(self, group: str) -> Mapping[str, Array]:
        rows = self._rows(
            "SELECT name, value FROM parts WHERE name BETWEEN ? AND ?", (f"{group}.", f"{group}/")
        )
        return {name.removeprefix(f"{group}."): _array(value) for name, value in rows}

    def _parts(self, names: Sequence[str]) -> Mapping[str, bytes]:
        marks = ",".join("?" * len(names))
        return dict(self._rows(f"SELECT name, value FROM parts WHERE name IN ({marks})", names))

    @cached_property
    def _uri(self) -> str:
        # What is published is never changed, so that nothing need be locked.
        return f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"

    def _rows(self, statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """Raises :class:`WorkspaceError` where the file is missing or damaged."""
        try:
            with closing(sqlite3.connect(self._uri, uri=True)) as database:
                rows = database.execute(statement, tuple(values)).fetchall()
        except sqlite3.Error:
            rows = []
        if not rows and not statement.endswith("ORDER BY number"):
            raise _damaged()
        return rows


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """What reads and writes records of a class as JSON, compiled when it is first needed."""
    return TypeAdapter(kind)


def _validated(kind: Any, value: bytes) -> Any:
    try:
        return adapter(kind).validate_json(value)
    except ValidationError:
        raise _damaged() from None


def _damaged() -> WorkspaceError:
    return WorkspaceError("工作区的构建文件缺失或损坏，请运行 kg ingest --rebuild 重新生成。")


def _array(value: bytes) -> Array:
    head, _, _ = value[:80].partition(b"\n")
    kind, *shape = head.decode().split(" ")
    return np.frombuffer(value, dtype=kind, offset=len(head) + 1).reshape([int(size) for size in shape])
