"""Judged traces, impacts and asked questions: whole sets compared, every path checked against the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from api.answers.answer import Draft
from api.engine import Engine
from api.evaluation.questions import JudgedAnalysis
from api.nodes import node_of
from api.schemas import AnalysisFiguresShape
from api.workspace.snapshot import Snapshot
from embeddings.metrics import ndcg
from kg.analysis import Hop, TracedItem, impact, trace
from kg.analysis.impact import MAX_PATHS
from kg.model import Span, entity_id, step_id

Gold = Mapping[str, Any]
Figures = dict[str, float | list[str]]
_LEVELS = {"items": "item", "steps": "step", "targets": "target"}


def evaluate(engine: Engine, judged: Sequence[JudgedAnalysis]) -> dict[str, AnalysisFiguresShape]:
    """By kind: ``questions``, ``set_f1`` of what is given, ``paths`` (the share of paths that hold) and, of asked
    questions, ``right`` (the share answered rightly), ``replayed`` (the share whose query gives the same answer)
    and what was ``wrong``; impacts have the ``ndcg`` of their order too.
    """
    check = PathCheck(engine.snapshot)
    kinds: Mapping[str, Callable[[Engine, JudgedAnalysis, PathCheck], Figures]] = {
        "trace": _trace, "impact": _impact, "ask": _ask,
    }  # fmt: skip
    report = {}
    for kind, measure in kinds.items():
        rows = [measure(engine, one, check) for one in judged if one.kind == kind]
        if rows:
            report[kind] = _summary(rows)
    return report


def _summary(rows: Sequence[Figures]) -> AnalysisFiguresShape:
    names = dict.fromkeys(name for row in rows for name in row if name != "wrong")
    means: dict[str, Any] = {"questions": len(rows)}
    for name in names:
        values = [float(row[name]) for row in rows if name in row]  # type: ignore[arg-type]
        means[name] = round(sum(values) / len(values), 4)
    wrong = [line for row in rows for line in row.get("wrong", [])]  # type: ignore[union-attr]
    return AnalysisFiguresShape(**means, wrong=wrong)


def f1(found: Iterable[object], gold: Iterable[object]) -> float:
    """F1 of two sets; 1 where both are empty."""
    mine, theirs = set(found), set(gold)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine or theirs else 1.0


def _trace(engine: Engine, one: JudgedAnalysis, check: PathCheck) -> Figures:
    snapshot = engine.snapshot
    entity = snapshot.resolve(one.asks).id
    found = list(trace(entity, snapshot.network).items())
    items = {traced.item.no for traced in found}
    steps = {traced.step.key for item in found for traced in item.steps}
    held = [check.holds(path, entity, end) for item in found for path, end in _paths_of(item)]
    wrong = _differences(one.id, {"items": (items, one.gold["items"]), "steps": (steps, one.gold["steps"])})
    return {
        "set_f1": (f1(items, one.gold["items"]) + f1(steps, one.gold["steps"])) / 2,
        "paths": sum(held) / len(held) if held else 1.0,
        "wrong": wrong,
    }


def _paths_of(traced: TracedItem) -> Iterator[tuple[Sequence[Hop], str]]:
    """The paths to a traced item and to its steps, with where they must end."""
    yield traced.path, traced.item.id
    for step in traced.steps:
        yield step.path, step_id(traced.item.document, step.step.key)


def _impact(engine: Engine, one: JudgedAnalysis, check: PathCheck) -> Figures:
    snapshot = engine.snapshot
    answer = impact(node_of(one.asks, snapshot), snapshot.network, snapshot.rules)
    gold = affected_ids(snapshot, one.gold)
    affected = list(answer.affected())
    found = [entry.id for entry in affected]
    held = [
        check.holds(path, answer.node, entry.id)
        for at, entry in enumerate(affected)
        for path in (entry.path, *list(answer.paths(at))[:MAX_PATHS])
    ]
    return {
        "set_f1": f1(found, gold),
        "ndcg": ndcg(found, gold, len(gold)),
        "paths": sum(held) / len(held) if held else 1.0,
        "wrong": _differences(one.id, {"affected": (set(found), gold)}),
    }


def affected_ids(snapshot: Snapshot, gold: Gold) -> dict[str, int]:
    """The ids that a judged impact names, with their grades."""
    document = snapshot.document_ids[0]
    found = {
        f"{kind}:{document}/{name}": int(grade)
        for level, kind in _LEVELS.items()
        for name, grade in gold.get(level, {}).items()
    }
    found |= {entity_id("Section", name): int(grade) for name, grade in gold.get("sections", {}).items()}
    named = gold.get("entities", {}).items()
    return found | {snapshot.resolve(name).id: int(grade) for name, grade in named}


def _ask(engine: Engine, one: JudgedAnalysis, check: PathCheck) -> Figures:
    answer = engine.asker.ask(one.asks)
    again = engine.asker.ask(answer.query.to_json())
    wrong = list(_wrong(engine.snapshot, answer.draft, one.gold))
    return {
        "right": float(not wrong),
        "replayed": float((again.query, again.draft) == (answer.query, answer.draft)),
        "wrong": [f"{one.id} {one.asks}：{reason}" for reason in wrong],
    }


def _wrong(snapshot: Snapshot, draft: Draft, gold: Gold) -> Iterator[str]:
    """Why an answer is not what was judged right."""
    if draft.answered != gold["answered"]:
        yield f"answered = {draft.answered}"
    if not (draft.answered and gold["answered"]):
        return
    for key, mine in _given(snapshot, draft).items():
        if key in gold and mine != set(gold[key]):
            yield f"{key} {sorted(mine ^ set(gold[key]), key=str)}"
        if left := set(gold.get(f"includes_{key}", ())) - mine:
            yield f"{key} without {sorted(left, key=str)}"
    # Ranges are written with a dash of their own: 1–3月.
    text = draft.text.replace("–", "-")
    yield from (
        f"unsaid {word}" for word in (*gold.get("says", ()), *gold.get("sections", ())) if word not in text
    )


def _given(snapshot: Snapshot, draft: Draft) -> Mapping[str, set[int] | set[str]]:
    """The sets of an answer as judges name them: by number, key and name, for they judge one document."""
    network = snapshot.network
    return {
        "items": {no for _, no in draft.items},
        "steps": {key for _, key in draft.steps},
        "entities": {network.name(network.place[node]) for node in draft.entities},
    }


def _differences(id_: str, sets: Mapping[str, tuple[Iterable[object], Iterable[object]]]) -> list[str]:
    lines = []
    for name, (found, gold) in sets.items():
        more, less = sorted(map(str, set(found) - set(gold))), sorted(map(str, set(gold) - set(found)))
        if more or less:
            lines.append(f"{id_} {name} +{more} -{less}")
    return lines


class PathCheck:
    """Whether paths are made of facts: checked against the records, not against what made the paths."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._evidence = {(f.head, f.relation, f.tail): frozenset(f.evidence) for f in snapshot.facts}
        self._mentioned = {(mention.entity, mention.source) for mention in snapshot.mentions}

    def holds(self, path: Sequence[Hop], start: str, end: str) -> bool:
        """Whether a path leads from one node to another by facts, each shown by words that say it."""
        here = start
        for hop in path:
            if hop.evidence not in self._evidence.get((hop.head, hop.relation, hop.tail), ()):
                return False
            if hop.relation == "mentions" and not self._says(hop.evidence, hop.tail):
                return False
            if here not in (hop.head, hop.tail):
                return False
            here = hop.tail if here == hop.head else hop.head
        return here == end

    def _says(self, span: Span, entity: str) -> bool:
        return (entity, span) in self._mentioned
