"""Every failure in one table: the exit status of the command line and the HTTP status."""

from __future__ import annotations

from dataclasses import dataclass

from embeddings.errors import EmbeddingError
from kg.errors import Ambiguous, InputError, KgError, NotFound


class WorkspaceError(KgError):
    """The workspace is damaged or was written by a newer version."""


class MadeByAnotherVersion(WorkspaceError):
    """The build was made by another version of the program; it can be made anew from the sources."""


class WorkspaceUnwritable(KgError):
    """The workspace's folder cannot be written to; nothing has been changed."""


class NothingIngested(KgError):
    """A question to a workspace without documents."""


class BadRequest(KgError):
    """Parameters that make no sense; the message says which values do."""


class CannotServe(KgError):
    """The address is taken or not ours."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a class of errors leaves the program."""

    exit_status: int
    http_status: int
    title: str


_OUTCOMES: tuple[tuple[type[Exception], Outcome], ...] = (
    (InputError, Outcome(3, 422, "无法读取的输入")),
    (NotFound, Outcome(4, 404, "没有找到")),
    (NothingIngested, Outcome(4, 409, "还没有文件")),
    (Ambiguous, Outcome(2, 409, "不够明确")),
    (BadRequest, Outcome(2, 400, "参数有误")),
    (WorkspaceError, Outcome(5, 500, "工作区损坏")),
    (WorkspaceUnwritable, Outcome(1, 500, "工作区不可写")),
    (EmbeddingError, Outcome(1, 500, "语义模型不可用")),
    (KgError, Outcome(1, 500, "出错")),
)
KNOWN: tuple[type[Exception], ...] = tuple(kind for kind, _ in _OUTCOMES)


def outcome_of(error: Exception) -> Outcome:
    """The outcome of the most specific class that ``error`` belongs to."""
    for kind, outcome in _OUTCOMES:
        if isinstance(error, kind):
            return outcome
    return Outcome(1, 500, "内部错误")
