"""Failures as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.errors import KNOWN, outcome_of
from kg.errors import NotFound

MEDIA_TYPE = "application/problem+json"
_TITLES = {404: "没有这个地址", 405: "不支持这种请求方法"}


def add_problem_handlers(app: FastAPI) -> None:
    """Every error a client can see has ``type``, ``title``, ``status`` and ``detail``."""
    for kind in KNOWN:
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _problem(status: int, title: str, detail: str, **more: object) -> JSONResponse:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, media_type=MEDIA_TYPE)


async def _known(request: Request, error: Exception) -> JSONResponse:
    outcome = outcome_of(error)
    nearest = {"nearest": list(error.nearest)} if isinstance(error, NotFound) else {}
    return _problem(outcome.http_status, outcome.title, str(error), **nearest)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    places = "、".join(sorted({str(e["loc"][-1]) for e in error.errors()}))
    return _problem(422, "参数有误", f"参数 {places} 缺失或不合要求，请对照 /docs 检查。")


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    response = _problem(error.status_code, _TITLES.get(error.status_code, "请求出错"), str(error.detail))
    response.headers.update(error.headers or {})
    return response


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    return _problem(500, "内部错误", "服务内部出错，请查看服务端的输出。")
