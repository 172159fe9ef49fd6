"""Questions: search, trace, impact, paths."""

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

    @router.get("/ask", summary="提问，得到一段有出处的回答")
    def ask(
        q: Annotated[str, Query(description="问题，或先前回答中的 query")],
        document: str | None = None,
    ) -> Shape:
        return service.ask(q, document)

    @router.get("/trace/{entity:path}", summary="追溯一个实体")
    def trace(entity: str) -> Shape:
        return service.trace(entity)

    @router.get("/impact/{node:path}", summary="一个节点拖后会影响什么")
    def impact(
        node: str,
        depth: Annotated[int | None, Query(description="最多隔几条事实")] = None,
        delay: Annotated[int | None, Query(description="拖后几个月")] = None,
        all_paths: bool = False,
    ) -> Shape:
        return service.impact(node, depth, delay, all_paths)

    @router.get("/path", summary="两个节点之间的最短路径")
    def path(
        one: Annotated[str, Query(alias="from")],
        other: Annotated[str, Query(alias="to")],
        top: int = 5,
    ) -> Shape:
        return service.path(one, other, top)

    return router
