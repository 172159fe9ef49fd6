"""Questions in Chinese or English and their answers: one paragraph, whole sets, citations, a query to replay."""

from api.answers.answering import Asker

__all__ = ["Asker"]
