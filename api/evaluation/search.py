"""How well searches are answered: the whole system and each part of it on judged questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from api.evaluation.questions import Judged
from api.questions.understanding import Understood
from api.schemas import SearchFiguresShape
from api.search.filters import Filters
from api.search.results import Level, SearchAnswer
from api.search.searcher import Searcher
from embeddings.metrics import interval, ndcg, recall, reciprocal_rank, set_f1

TOP = 10
Ask = Callable[[str, Level, int | None], SearchAnswer]
Figure = tuple[str, float]


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


def evaluate(searcher: Searcher, questions: Sequence[Judged]) -> dict[str, dict[str, SearchFiguresShape]]:
    """By system and kind (``all`` too): nDCG@10, recall@10 and MRR of steps and items, set F1, refusals.

    ``set_f1`` compares the items that an answer to a question for a set gives for certain, all that it
    gives where none is certain, with those that a reader would cite; ``interval`` is the 95 % bootstrap interval of nDCG.
    """
    kinds = ["all", *dict.fromkeys(q.kind for q in questions)]
    systems = {}
    for name, ask in variants(searcher).items():
        rows = [(q, list(_figures(q, ask))) for q in questions]
        systems[name] = {
            kind: _summary([f for q, figures in rows if kind in ("all", q.kind) for f in figures])
            for kind in kinds
        }
    return systems


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


def _summary(figures: Sequence[Figure]) -> SearchFiguresShape:
    values: dict[str, list[float]] = {}
    for measure, value in figures:
        values.setdefault(measure, []).append(value)
    means: dict[str, float | list[float]] = {m: round(sum(v) / len(v), 4) for m, v in values.items()}
    for measure in ("steps.ndcg", "items.ndcg"):
        if measure in values:
            means[f"{measure}.interval"] = [round(bound, 4) for bound in interval(values[measure])]
    count = max((len(v) for v in values.values()), default=0)
    return SearchFiguresShape.model_validate(means | {"questions": count})
