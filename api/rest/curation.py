"""Decisions of a curator: made by ``POST``, taken back by ``DELETE`` with the decision's id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from api.parameters.types import Who
from api.rest.bodies import Addition, Merge, NewAlias, Rejection, Rename, Retype, Split
from api.rest.problems import problems
from api.schemas import DecidedShape, RecordedShape, ReviewShape, UndoneShape

if TYPE_CHECKING:
    from api.service import KnowledgeService


def curation_router(service: KnowledgeService) -> APIRouter:
    """The addresses of a curator."""
    router = APIRouter(tags=["复核"])
    _add_decisions(router, service)
    _add_names(router, service)
    _add_history(router, service)
    return router


def _add_decisions(router: APIRouter, service: KnowledgeService) -> None:
    """Decisions on entities that there are."""
    refusals = problems(400, 404, 422, 500)

    @router.post("/entities/merge", status_code=201, summary="合并两个实体", responses=refusals)
    def merge(body: Merge) -> DecidedShape:
        return service.curator.merge(body.from_, body.into, body.who)

    @router.post("/entities/split", status_code=201, summary="拆出一个别名", responses=refusals)
    def split(body: Split) -> DecidedShape:
        return service.curator.split(body.entity, body.alias, body.who)

    @router.post("/entities/rename", status_code=201, summary="换名称", responses=refusals)
    def rename(body: Rename) -> DecidedShape:
        return service.curator.rename(body.entity, body.name, body.who)

    @router.post("/entities/retype", status_code=201, summary="改类型", responses=refusals)
    def retype(body: Retype) -> DecidedShape:
        return service.curator.retype(body.entity, body.type, body.who)


def _add_names(router: APIRouter, service: KnowledgeService) -> None:
    """Names that are added, and those that are none."""
    refusals = problems(400, 404, 422, 500)

    @router.post("/entities/alias", status_code=201, summary="加别名", responses=refusals)
    def alias(body: NewAlias) -> DecidedShape:
        return service.curator.add_alias(body.entity, body.alias, body.who)

    @router.post("/vocabulary", status_code=201, summary="往词表里加名称", responses=refusals)
    def name(body: Addition) -> DecidedShape:
        return service.curator.add_name(body.type, body.name, body.aliases, body.who)

    @router.post("/mentions/reject", status_code=201, summary="否定一处提及或一个名称", responses=refusals)
    def reject(body: Rejection) -> DecidedShape:
        if body.document is not None and body.start is not None and body.end is not None:
            return service.curator.reject_mention(body.document, body.start, body.end, body.who)
        return service.curator.reject(body.entity or "", body.surface or "", body.who)


def _add_history(router: APIRouter, service: KnowledgeService) -> None:
    """What was decided, what is worth a look, and taking decisions back."""

    @router.get("/decisions", summary="全部人工决定", responses=problems(500))
    def decisions() -> list[RecordedShape]:
        return service.curator.decisions()

    @router.get("/review", summary="值得复核的名称", responses=problems(500))
    def review() -> list[ReviewShape]:
        return service.curator.review()

    @router.delete("/decisions/{decision}", summary="撤销一个决定", responses=problems(404, 422, 500))
    def undo(decision: str, who: Who = "") -> UndoneShape:
        return service.curator.undo(decision, who)
