"""Judged traces, impacts and asked questions: whole sets compared, every path checked against the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from api.evaluation.questions import JudgedAnalysis
from embeddings.metrics import ndcg
from kg.model import entity_id

if TYPE_CHECKING:
    from api.service import KnowledgeService

Shape = Mapping[str, Any]
Figures = dict[str, float | list[str]]
_LEVELS = {"items": "item", "steps": "step", "targets": "target"}


def evaluate(service: KnowledgeService, judged: Sequence[JudgedAnalysis]) -> dict[str, Any]:
    """By kind: ``questions``, ``set_f1`` of what is given, ``paths`` (the share of paths that hold) and, of asked
    questions, ``right`` (the share answered rightly), ``replayed`` (the share whose query gives the same answer)
    and what was ``wrong``; impacts have the ``ndcg`` of their order too.
    """
    check = PathCheck(service)
    kinds: Mapping[str, Callable[[KnowledgeService, JudgedAnalysis, PathCheck], Figures]] = {
        "trace": _trace, "impact": _impact, "ask": _ask,
    }  # fmt: skip
    report: dict[str, Any] = {}
    for kind, measure in kinds.items():
        rows = [measure(service, one, check) for one in judged if one.kind == kind]
        if rows:
            report[kind] = _summary(rows)
    return report


def _summary(rows: Sequence[Figures]) -> dict[str, Any]:
    names = dict.fromkeys(name for row in rows for name in row if name != "wrong")
    means: dict[str, Any] = {"questions": len(rows)}
    for name in names:
        values = [float(row[name]) for row in rows if name in row]  # type: ignore[arg-type]
        means[name] = round(sum(values) / len(values), 4)
    return means | {"wrong": [line for row in rows for line in row.get("wrong", [])]}  # type: ignore[union-attr]


def f1(found: Iterable[object], gold: Iterable[object]) -> float:
    """F1 of two sets; 1 where both are empty."""
    mine, theirs = set(found), set(gold)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine or theirs else 1.0


def _trace(service: KnowledgeService, one: JudgedAnalysis, check: PathCheck) -> Figures:
    answer = service.trace(one.asks)
    items = {entry["item"] for entry in answer["items"]}
    steps = {step["key"] for entry in answer["items"] for step in entry["steps"]}
    held = [
        check.holds(path, answer["entity"]["id"], end)
        for entry in answer["items"]
        for path, end in _paths_of(entry)
    ]
    wrong = _differences(one.id, {"items": (items, one.gold["items"]), "steps": (steps, one.gold["steps"])})
    return {
        "set_f1": (f1(items, one.gold["items"]) + f1(steps, one.gold["steps"])) / 2,
        "paths": sum(held) / len(held) if held else 1.0,
        "wrong": wrong,
    }


def _paths_of(entry: Shape) -> Iterator[tuple[Sequence[Shape], str]]:
    """The paths to a traced item and to its steps, with where they must end."""
    yield entry["path"], f"item:{entry['document']}/{entry['item']}"
    for step in entry["steps"]:
        yield step["path"], f"step:{entry['document']}/{step['key']}"


def _impact(service: KnowledgeService, one: JudgedAnalysis, check: PathCheck) -> Figures:
    answer = service.impact(one.asks, all_paths=True)
    gold = affected_ids(service, one.gold)
    found = [entry["id"] for entry in answer["affected"]]
    held = [
        check.holds(path, answer["node"], entry["id"])
        for entry in answer["affected"]
        for path in (entry["path"], *entry["paths"])
    ]
    return {
        "set_f1": f1(found, gold),
        "ndcg": ndcg(found, gold, len(gold)),
        "paths": sum(held) / len(held) if held else 1.0,
        "wrong": _differences(one.id, {"affected": (set(found), gold)}),
    }


def affected_ids(service: KnowledgeService, gold: Shape) -> dict[str, int]:
    """The ids that a judged impact names, with their grades."""
    document = service.snapshot.plans[0].document.id
    found = {
        f"{kind}:{document}/{name}": int(grade)
        for level, kind in _LEVELS.items()
        for name, grade in gold.get(level, {}).items()
    }
    found |= {entity_id("Section", name): int(grade) for name, grade in gold.get("sections", {}).items()}
    named = gold.get("entities", {}).items()
    return found | {service.snapshot.resolve(name).id: int(grade) for name, grade in named}


def _ask(service: KnowledgeService, one: JudgedAnalysis, check: PathCheck) -> Figures:
    answer = service.ask(one.asks)
    again = service.ask(answer["query"])
    same = all(again[key] == value for key, value in answer.items() if key != "question")
    wrong = list(_wrong(service, answer, one.gold))
    return {
        "right": float(not wrong),
        "replayed": float(same),
        "wrong": [f"{one.id} {one.asks}：{reason}" for reason in wrong],
    }


def _wrong(service: KnowledgeService, answer: Shape, gold: Shape) -> Iterator[str]:
    """Why an answer is not what was judged right."""
    if answer["answered"] != gold["answered"]:
        yield f"answered = {answer['answered']}"
    if not (answer["answered"] and gold["answered"]):
        return
    network = service.snapshot.network
    names = {network.name(network.place[node]) for node in answer["entities"]}
    given = {"items": set(answer["items"]), "steps": set(answer["steps"]), "entities": names}
    for key, mine in given.items():
        if key in gold and mine != set(gold[key]):
            yield f"{key} {sorted(mine ^ set(gold[key]), key=str)}"
        if left := set(gold.get(f"includes_{key}", ())) - mine:
            yield f"{key} without {sorted(left, key=str)}"
    # Ranges are written with a dash of their own: 1–3月.
    text = answer["text"].replace("–", "-")
    yield from (
        f"unsaid {word}" for word in (*gold.get("says", ()), *gold.get("sections", ())) if word not in text
    )


def _differences(id_: str, sets: Mapping[str, tuple[Iterable[object], Iterable[object]]]) -> list[str]:
    lines = []
    for name, (found, gold) in sets.items():
        more, less = sorted(map(str, set(found) - set(gold))), sorted(map(str, set(gold) - set(found)))
        if more or less:
            lines.append(f"{id_} {name} +{more} -{less}")
    return lines


class PathCheck:
    """Whether paths are made of facts: checked against the records, not against what made the paths."""

    def __init__(self, service: KnowledgeService) -> None:
        snapshot = service.snapshot
        self._evidence = {(f.head, f.relation, f.tail): _spans(f.evidence) for f in snapshot.facts}
        self._mentioned = {(m.entity, *_span(m.source)) for m in snapshot.mentions}

    def holds(self, path: Sequence[Shape], start: str, end: str) -> bool:
        """Whether a path leads from one node to another by facts, each shown by words that say it."""
        here = start
        for hop in path:
            span = (hop["evidence"]["document"], hop["evidence"]["start"], hop["evidence"]["end"])
            if span not in self._evidence.get((hop["from"], hop["relation"], hop["to"]), ()):
                return False
            if hop["relation"] == "mentions" and (hop["to"], *span) not in self._mentioned:
                return False
            if here not in (hop["from"], hop["to"]):
                return False
            here = hop["to"] if here == hop["from"] else hop["from"]
        return here == end


def _spans(evidence: Iterable[Any]) -> frozenset[tuple[str, int, int]]:
    return frozenset(_span(span) for span in evidence)


def _span(span: Any) -> tuple[str, int, int]:
    return span.document, span.start, span.end
