"""How well judged questions are answered, in figures."""

from __future__ import annotations

from pydantic import Field

from api.schemas.base import Shape, absent, described

SEARCHES = {
    "steps.ndcg": 0.91,
    "steps.recall": 0.93,
    "steps.mrr": 0.95,
    "items.ndcg": 0.94,
    "refused_wrongly": 0.0,
    "set_f1": 0.9,
    "steps.ndcg.interval": [0.88, 0.94],
    "questions": 60,
}
ANALYSES = {"questions": 20, "set_f1": 0.98, "paths": 1.0, "wrong": []}


class SearchFiguresShape(Shape):
    """Means over the searches of one kind; a measure that none of them has is left out."""

    model_config = described("一类查找问题的各项指标，0 到 1；不适用的没有。", SEARCHES)

    steps_ndcg: float | None = Field(
        None, alias="steps.ndcg", exclude_if=absent, description="步骤的 nDCG@10"
    )
    steps_recall: float | None = Field(
        None, alias="steps.recall", exclude_if=absent, description="步骤的召回@10"
    )
    steps_mrr: float | None = Field(None, alias="steps.mrr", exclude_if=absent, description="步骤的 MRR")
    items_ndcg: float | None = Field(
        None, alias="items.ndcg", exclude_if=absent, description="事项的 nDCG@10"
    )
    items_recall: float | None = Field(
        None, alias="items.recall", exclude_if=absent, description="事项的召回@10"
    )
    items_mrr: float | None = Field(None, alias="items.mrr", exclude_if=absent, description="事项的 MRR")
    refused_rightly: float | None = Field(None, exclude_if=absent, description="没有答案的问题，说没有的比例")
    refused_wrongly: float | None = Field(None, exclude_if=absent, description="有答案的问题，说没有的比例")
    set_f1: float | None = Field(None, exclude_if=absent, description="问全部时集合的 F1")
    steps_interval: list[float] | None = Field(
        None, alias="steps.ndcg.interval", exclude_if=absent, description="步骤 nDCG 的 95% 区间"
    )
    items_interval: list[float] | None = Field(
        None, alias="items.ndcg.interval", exclude_if=absent, description="事项 nDCG 的 95% 区间"
    )
    questions: int = Field(description="问题数")


class AnalysisFiguresShape(Shape):
    """Means over the traces, the impacts or the asked questions, and what was wrong."""

    model_config = described("一类分析问题的各项指标，0 到 1；不适用的没有。", ANALYSES)

    questions: int = Field(description="问题数")
    set_f1: float | None = Field(None, exclude_if=absent, description="集合的 F1")
    ndcg: float | None = Field(None, exclude_if=absent, description="排序的 nDCG")
    paths: float | None = Field(None, exclude_if=absent, description="站得住的路径的比例")
    right: float | None = Field(None, exclude_if=absent, description="答对的比例")
    replayed: float | None = Field(None, exclude_if=absent, description="重放得到同样回答的比例")
    wrong: list[str] = Field(description="不对的，一行一处")


class EvaluationShape(Shape):
    """All figures of a file of judged questions."""

    model_config = described(
        "带标准答案的问题答得怎样。",
        {"questions": 80, "systems": {"full": {"all": SEARCHES}}, "analyses": {"trace": ANALYSES}},
    )

    questions: int = Field(description="问题数")
    systems: dict[str, dict[str, SearchFiguresShape]] = Field(
        description="整个系统和各个组成部分，各按问题的种类"
    )
    analyses: dict[str, AnalysisFiguresShape] = Field(description="追溯、影响和提问")
