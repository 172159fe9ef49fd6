"""The figures of an evaluation as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.schemas import EvaluationShape


_MEASURES = (
    ("steps.ndcg", "步骤nDCG"),
    ("steps.recall", "步骤召回"),
    ("steps.mrr", "步骤MRR"),
    ("items.ndcg", "事项nDCG"),
    ("items.recall", "事项召回"),
    ("items.mrr", "事项MRR"),
    ("set_f1", "集合F1"),
    ("refused_rightly", "应拒已拒"),
    ("refused_wrongly", "误拒"),
)


_ANALYSES = {"trace": "追溯", "impact": "影响", "ask": "提问"}
_ANALYSIS_MEASURES = {
    "set_f1": "集合F1", "ndcg": "排序nDCG", "paths": "路径正确", "right": "答对", "replayed": "可重放",
}  # fmt: skip


def evaluation(report: EvaluationShape) -> Iterator[str]:
    """Traces, impacts and asked questions in a line each, then a table of every system."""
    yield f"问题 {report.questions} 个"
    for kind, analysed in report.analyses.items():
        told = "，".join(
            f"{title} {analysed[m]:.3f}" for m, title in _ANALYSIS_MEASURES.items() if m in analysed
        )
        yield f"{_ANALYSES[kind]} {analysed.questions} 个：{told}"
        yield from (f"    {line}" for line in analysed.wrong)
    for system, kinds in report.systems.items():
        yield f"\n{system}"
        yield "\t".join(["类别", *(title for _, title in _MEASURES)])
        for kind, figures in kinds.items():
            values = (f"{figures[m]:.3f}" if m in figures else "—" for m, _ in _MEASURES)
            yield "\t".join([kind, *values])
        for measure, title in _MEASURES:
            bounds = kinds["all"].get(f"{measure}.interval")
            if bounds:
                yield f"{title} 95% 区间 {bounds[0]:.3f}–{bounds[1]:.3f}"
