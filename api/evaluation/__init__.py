"""How well a workspace answers judged questions: searches, traces, impacts and asked questions.

A file of judged questions is a JSON list. An entry whose ``kind`` is ``trace``, ``impact`` or ``ask`` is judged by
:mod:`api.evaluation.analyses`, any other by :mod:`api.evaluation.search`.
"""

from api.evaluation.questions import NotQuestions, read_questions

__all__ = ["NotQuestions", "read_questions"]
