"""What the documents say: items, entities, documents' counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query

if TYPE_CHECKING:
    from api.service import KnowledgeService

Shape = dict[str, Any]


def records_router(service: KnowledgeService) -> APIRouter:
    router = APIRouter(tags=["内容"])

    @router.get("/items", summary="全部事项")
    def items(document: str | None = None) -> list[Shape]:
        return service.items(document)

    @router.get("/items/{no}", summary="一个事项")
    def item(no: int, document: str | None = None) -> Shape:
        return service.item(no, document)

    @router.get("/entities", summary="全部实体")
    def entities(type_: Annotated[str | None, Query(alias="type")] = None) -> list[Shape]:
        return service.entities(type_)

    @router.get("/entities/{name:path}", summary="一个实体及其事实")
    def entity(name: str) -> Shape:
        return service.entity(name)

    @router.get("/report", summary="分析报告")
    def report() -> Shape:
        return service.report()

    @router.get("/stats", summary="规模与缺陷统计")
    def stats() -> Shape:
        return service.stats()

    return router
