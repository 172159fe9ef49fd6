"""How well questions are answered: judged questions against the whole system and each part of it.

A file of judged questions is a JSON list of ``{"id", "kind", "query", "items": {no: grade},
"steps": {key: grade}, "no_answer": bool}``; grade 2 is what a reader would cite, 1 partly relevant.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from api.search.constraints import Filters
from api.search.hits import Level, SearchAnswer
from api.search.searcher import Searcher
from api.search.understanding import Understood
from embeddings.metrics import interval, ndcg, recall, reciprocal_rank, set_f1
from kg.errors import InputError

TOP = 10
Ask = Callable[[str, Level, int | None], SearchAnswer]
Figure = tuple[str, float]


class NotQuestions(InputError):
    """The file holds no judged questions."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One question and what answers it, by grade."""

    kind: str
    query: str
    items: Mapping[str, int]
    steps: Mapping[str, int]
    no_answer: bool


def read_questions(path: Path) -> tuple[Judged, ...]:
    """Read a file of judged questions. Raises :class:`NotQuestions` with what is wrong with it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotQuestions(f"无法读取“{path.name}”（{error.strerror}），请检查路径。") from None
    except ValueError:
        raise NotQuestions(f"“{path.name}”不是 JSON 文件，请给出一个问题列表。") from None
    if not isinstance(data, list) or not data:
        raise NotQuestions(f"“{path.name}”里没有问题，请给出一个由问题组成的列表。")
    return tuple(_judged(path.name, number, entry) for number, entry in enumerate(data, 1))


def _judged(name: str, number: int, entry: Any) -> Judged:
    try:
        items, steps = (
            {str(k): int(v) for k, v in entry.get(level, {}).items()} for level in ("items", "steps")
        )
        return Judged(
            str(entry.get("kind", "")), str(entry["query"]), items, steps, bool(entry.get("no_answer", False))
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise NotQuestions(
            f"“{name}”的第 {number} 个问题不完整，每个问题要有 query、items 和 steps（编号到等级）。"
        ) from None


def variants(searcher: Searcher) -> Mapping[str, Ask]:
    """The whole system, then each ablation, as functions of a question, a level and a number of hits."""

    def ask(understand: Callable[[str], Understood], **silenced: float) -> Ask:
        variant = replace(searcher, weights=dict(searcher.weights) | silenced)
        return lambda text, level, top: variant.answer(understand(text), text, level, top, Filters())

    plain, whole = searcher.questions.plain, searcher.understand
    return {
        "full": ask(whole),
        "bm25": ask(plain, dense=0.0, graph=0.0, kind=0.0),
        "dense": ask(plain, lexical=0.0, graph=0.0, kind=0.0),
        "sum": ask(plain, graph=0.0, kind=0.0),
        "without understanding": ask(searcher.questions.names_only, kind=0.0),
        "without graph": ask(whole, graph=0.0, kind=0.0),
    }


def evaluate(searcher: Searcher, questions: Sequence[Judged]) -> dict[str, Any]:
    """By system and kind (``all`` too): nDCG@10, recall@10 and MRR of steps and items, set F1, refusals.

    ``set_f1`` compares the items that an answer to a question for a set gives for certain, all that it
    gives where none is certain, with those that a reader would cite; ``interval`` is the 95 % bootstrap interval of nDCG.
    """
    kinds = ["all", *dict.fromkeys(q.kind for q in questions)]
    report: dict[str, Any] = {"questions": len(questions), "systems": {}}
    for name, ask in variants(searcher).items():
        rows = [(q, list(_figures(q, ask))) for q in questions]
        report["systems"][name] = {
            kind: _summary([f for q, figures in rows if kind in ("all", q.kind) for f in figures])
            for kind in kinds
        }
    return report


def _figures(question: Judged, ask: Ask) -> Iterator[Figure]:
    """(measure, value) of one question."""
    if question.no_answer:
        yield "refused_rightly", float(not ask(question.query, "step", TOP).answered)
        return
    steps, items = ask(question.query, "step", TOP), ask(question.query, "item", TOP)
    for level, answer, gold in (("step", steps, question.steps), ("item", items, question.items)):
        if any(gold.values()):
            keys = [hit.key for hit in answer.hits]
            yield f"{level}s.ndcg", ndcg(keys, gold, TOP)
            yield f"{level}s.recall", recall(keys, gold, TOP)
            yield f"{level}s.mrr", reciprocal_rank(keys, gold)
    yield "refused_wrongly", float(not (steps.answered and items.answered))
    whole = ask(question.query, "item", None)
    if whole.understood.whole_set or whole.understood.entities:
        sure = [hit.key for hit in whole.hits if hit.certainty != "possible"]
        yield "set_f1", set_f1(sure or [hit.key for hit in whole.hits], question.items)


def _summary(figures: Sequence[Figure]) -> dict[str, Any]:
    values: dict[str, list[float]] = {}
    for measure, value in figures:
        values.setdefault(measure, []).append(value)
    means: dict[str, Any] = {m: round(sum(v) / len(v), 4) for m, v in values.items()}
    for measure in ("steps.ndcg", "items.ndcg"):
        if measure in values:
            low, high = interval(values[measure])
            means[f"{measure}.interval"] = [round(low, 4), round(high, 4)]
    return means | {"questions": max((len(v) for v in values.values()), default=0)}
