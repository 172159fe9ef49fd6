"""Decisions of a curator: made by ``POST``, taken back by ``DELETE`` with the decision's id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.errors import BadRequest

if TYPE_CHECKING:
    from api.service import KnowledgeService

Shape = dict[str, Any]


class Merge(BaseModel):
    from_: str = Field(alias="from", description="要并入的实体")
    into: str = Field(description="并到哪个实体")
    who: str = ""


class Alias(BaseModel):
    entity: str
    alias: str
    who: str = ""


class Rename(BaseModel):
    entity: str
    name: str
    who: str = ""


class Retype(BaseModel):
    entity: str
    type: str
    who: str = ""


class NewName(BaseModel):
    type: str
    name: str
    aliases: list[str] = []
    who: str = ""


class Rejection(BaseModel):
    """One place (``document``, ``start``, ``end``), or a name everywhere (``entity``, ``surface``)."""

    document: str | None = None
    start: int | None = None
    end: int | None = None
    entity: str | None = None
    surface: str | None = None
    who: str = ""


def curation_router(service: KnowledgeService) -> APIRouter:
    router = APIRouter(tags=["复核"])

    @router.post("/entities/merge", status_code=201, summary="合并两个实体")
    def merge(body: Merge) -> Shape:
        return service.curator.merge(body.from_, body.into, body.who)

    @router.post("/entities/split", status_code=201, summary="拆出一个别名")
    def split(body: Alias) -> Shape:
        return service.curator.split(body.entity, body.alias, body.who)

    @router.post("/entities/rename", status_code=201, summary="换名称")
    def rename(body: Rename) -> Shape:
        return service.curator.rename(body.entity, body.name, body.who)

    @router.post("/entities/retype", status_code=201, summary="改类型")
    def retype(body: Retype) -> Shape:
        return service.curator.retype(body.entity, body.type, body.who)

    @router.post("/entities/alias", status_code=201, summary="加别名")
    def alias(body: Alias) -> Shape:
        return service.curator.add_alias(body.entity, body.alias, body.who)

    @router.post("/vocabulary", status_code=201, summary="往词表里加名称")
    def name(body: NewName) -> Shape:
        return service.curator.add_name(body.type, body.name, body.aliases, body.who)

    @router.post("/mentions/reject", status_code=201, summary="否定一处提及或一个名称")
    def reject(body: Rejection) -> Shape:
        if body.document is not None and body.start is not None and body.end is not None:
            return service.curator.reject_mention(body.document, body.start, body.end, body.who)
        if body.entity is not None and body.surface is not None:
            return service.curator.reject(body.entity, body.surface, body.who)
        raise BadRequest("请给出 document、start 和 end，或 entity 和 surface。")

    _add_history(router, service)
    return router


def _add_history(router: APIRouter, service: KnowledgeService) -> None:
    """What was decided, what is worth a look, and taking decisions back."""

    @router.get("/decisions", summary="全部人工决定")
    def decisions() -> list[Shape]:
        return service.curator.decisions()

    @router.get("/review", summary="值得复核的名称")
    def review() -> list[Shape]:
        return service.curator.review()

    @router.delete("/decisions/{decision}", summary="撤销一个决定")
    def undo(decision: str, who: str = "") -> Shape:
        return service.curator.undo(decision, who)

    @router.delete("/entities/merge", summary="撤销合并")
    def unmerge(body: Merge) -> Shape:
        return service.curator.undo_like("merge", [body.from_, body.into], body.who)

    @router.delete("/entities/split", summary="撤销拆分")
    def unsplit(body: Alias) -> Shape:
        return service.curator.undo_like("split", [body.alias], body.who)

    @router.delete("/mentions/reject", summary="撤销否定")
    def unreject(body: Rejection) -> Shape:
        if body.document is not None and body.start is not None and body.end is not None:
            surface = service.surface(body.document, body.start, body.end)
            return service.curator.undo_like("reject", [surface], body.who)
        return service.curator.undo_like("reject", [body.surface or ""], body.who)
