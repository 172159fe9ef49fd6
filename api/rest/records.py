"""What the documents say: items, entities, documents' counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query

from api.parameters.types import DocumentName, KnownType
from api.rest.problems import problems
from api.schemas import EntityDetailShape, EntityShape, ItemShape, ReportShape, StatsShape

if TYPE_CHECKING:
    from api.service import KnowledgeService


def records_router(service: KnowledgeService) -> APIRouter:
    """The addresses of what documents say."""
    router = APIRouter(tags=["内容"])

    @router.get("/items", summary="全部事项", responses=problems(404, 422, 500))
    def items(document: DocumentName | None = None) -> list[ItemShape]:
        return service.items(document)

    @router.get("/items/{no}", summary="一个事项", responses=problems(404, 409, 422, 500))
    def item(
        no: Annotated[int, Path(description="事项序号")], document: DocumentName | None = None
    ) -> ItemShape:
        return service.item(no, document)

    @router.get("/entities", summary="全部实体", responses=problems(400, 422, 500))
    def entities(type_: Annotated[KnownType | None, Query(alias="type")] = None) -> list[EntityShape]:
        return service.entities(type_)

    @router.get("/entities/{name:path}", summary="一个实体及其事实", responses=problems(404, 422, 500))
    def entity(name: Annotated[str, Path(description="实体的编号、名称或别名")]) -> EntityDetailShape:
        return service.entity(name)

    @router.get("/report", summary="分析报告", responses=problems(409, 500))
    def report() -> ReportShape:
        return service.report()

    @router.get("/stats", summary="规模与缺陷统计", responses=problems(500))
    def stats() -> StatsShape:
        return service.stats()

    return router
