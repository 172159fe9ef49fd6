"""REST over a service: ``create_app(service)``; nothing is opened at import."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api.rest.curation import curation_router
from api.rest.documents import documents_router
from api.rest.openapi import exact_openapi
from api.rest.problems import add_problem_handlers
from api.rest.questions import questions_router
from api.rest.records import records_router
from api.schemas import HealthShape

if TYPE_CHECKING:
    from api.service import KnowledgeService

PREFIX = "/api/v1"


def create_app(service: KnowledgeService) -> FastAPI:
    """The application; every handler is a line over the service."""
    # The page at /docs brings its own scripts: FastAPI's takes them from a CDN.
    app = FastAPIOffline(
        redoc_url=None,
        title="政务工作图谱",
        version="1",
        description="工作落实表的知识图谱与语义检索，每条事实都附原文证据。",
    )
    app.openapi = cache(lambda: exact_openapi(app))  # type: ignore[method-assign]
    add_problem_handlers(app)
    routers = (curation_router, records_router, questions_router, documents_router)
    for router in routers:
        app.include_router(router(service), prefix=PREFIX)

    @app.get("/healthz", tags=["运行"], summary="进程是否存活")
    def healthz() -> HealthShape:
        return HealthShape(status="ok")

    return app
