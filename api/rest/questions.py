"""Questions: search and trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query

if TYPE_CHECKING:
    from api.service import KnowledgeService

Shape = dict[str, Any]


def questions_router(service: KnowledgeService) -> APIRouter:
    router = APIRouter(tags=["查询"])

    @router.get("/search", summary="按意思查找")
    def search(
        q: Annotated[str, Query(description="问题或词语")],
        level: str = "step",
        top: Annotated[int | None, Query(description="最多几条；不写时十条，问全部时给全")] = None,
        document: str | None = None,
        section: str | None = None,
        month: int | None = None,
        plain: bool = False,
    ) -> Shape:
        return service.search(q, top, level, document, section, month, plain)

    @router.get("/trace/{entity:path}", summary="追溯一个实体")
    def trace(entity: str) -> Shape:
        return service.trace(entity)

    return router
