"""Questions: search, trace, impact, paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query

from api.parameters.types import (
    Asked,
    Delay,
    Depth,
    DocumentName,
    LevelName,
    MonthNumber,
    PathTop,
    SectionName,
    Sought,
    Top,
)
from api.rest.problems import problems
from api.schemas import AnswerShape, ImpactShape, PathsShape, SearchAnswerShape, TraceShape

if TYPE_CHECKING:
    from api.service import KnowledgeService

_NODE = "实体的编号、名称或别名，事项编号（21），步骤（21:3），目标（target:21/1）或月份（9月）"


def questions_router(service: KnowledgeService) -> APIRouter:
    """The addresses of questions."""
    router = APIRouter(tags=["查询"])
    _add_questions(router, service)
    _add_analyses(router, service)
    return router


def _add_questions(router: APIRouter, service: KnowledgeService) -> None:
    """Questions in words."""

    @router.get("/search", summary="按意思查找", responses=problems(400, 404, 409, 422, 500))
    def search(
        q: Sought,
        level: LevelName = "step",
        top: Top | None = None,
        document: DocumentName | None = None,
        section: SectionName | None = None,
        month: MonthNumber | None = None,
        plain: Annotated[bool, Query(description="只按字面和语义查，不理解问题中的条件")] = False,
    ) -> SearchAnswerShape:
        return service.search(q, top, level, document, section, month, plain)

    @router.get("/ask", summary="提问，得到一段有出处的回答", responses=problems(400, 404, 409, 422, 500))
    def ask(q: Asked, document: DocumentName | None = None) -> AnswerShape:
        return service.ask(q, document)


def _add_analyses(router: APIRouter, service: KnowledgeService) -> None:
    """Questions about a node."""

    @router.get("/trace/{entity:path}", summary="追溯一个实体", responses=problems(404, 422, 500))
    def trace(entity: Annotated[str, Path(description="实体的编号、名称或别名")]) -> TraceShape:
        return service.trace(entity)

    @router.get(
        "/impact/{node:path}",
        summary="一个节点拖后会影响什么",
        responses=problems(400, 404, 409, 422, 500),
    )
    def impact(
        node: Annotated[str, Path(description=_NODE)],
        depth: Depth | None = None,
        delay: Delay | None = None,
        all_paths: Annotated[bool, Query(description="给出每个结果的全部路径")] = False,
    ) -> ImpactShape:
        return service.impact(node, depth, delay, all_paths)

    @router.get("/path", summary="两个节点之间的最短路径", responses=problems(400, 404, 409, 422, 500))
    def path(
        one: Annotated[str, Query(alias="from", description=_NODE)],
        other: Annotated[str, Query(alias="to", description=_NODE)],
        top: PathTop = 5,
    ) -> PathsShape:
        return service.path(one, other, top)
