"""How well a build answers judged questions: searches, traces, impacts and asked questions.

A file of judged questions is a JSON list. An entry whose ``kind`` is ``trace``, ``impact`` or ``ask`` is judged by
:mod:`api.evaluation.analyses`, any other by :mod:`api.evaluation.search`.
"""

from api.engine import Engine
from api.evaluation import analyses, search
from api.evaluation.questions import JudgedQuestions, NotQuestions, read_questions
from api.schemas import EvaluationShape

__all__ = ["NotQuestions", "evaluate", "read_questions"]


def evaluate(engine: Engine, judged: JudgedQuestions) -> EvaluationShape:
    """The figures of all judged questions, answered by one engine."""
    return EvaluationShape(
        questions=len(judged.searches) + len(judged.analyses),
        systems=search.evaluate(engine.searcher, judged.searches) if judged.searches else {},
        analyses=analyses.evaluate(engine, judged.analyses),
    )
