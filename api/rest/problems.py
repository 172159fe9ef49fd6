"""Failures as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.errors import KNOWN, outcome_of
from api.parameters import UNFITTING, sentence_of
from api.schemas import ProblemShape
from kg.errors import NotFound

MEDIA_TYPE = "application/problem+json"
_DESCRIPTIONS = {
    400: "参数有误",
    404: "没有找到",
    409: "还没有文件，或名称不够明确",
    422: "参数缺失或无法读取，或文件无法导入",
    500: "工作区损坏，或内部错误",
}
_HTTP = {
    400: ("请求有误", "请求的正文无法读取，请检查格式和编码。"),
    404: ("没有这个地址", "没有这个地址，请对照 /docs 检查。"),
    405: ("不支持这种请求方法", "这个地址不支持这种请求方法，请对照 /docs 检查。"),
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of the failures of an address, for ``responses=``."""
    return {status: {"model": ProblemShape, "description": _DESCRIPTIONS[status]} for status in statuses}


def add_problem_handlers(app: FastAPI) -> None:
    """Every error a client can see has ``type``, ``title``, ``status`` and ``detail``."""
    for kind in KNOWN:
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _problem(status: int, title: str, detail: str, nearest: list[str] | None = None) -> JSONResponse:
    shape = ProblemShape(type="about:blank", title=title, status=status, detail=detail, nearest=nearest)
    return JSONResponse(shape.plain(), status, media_type=MEDIA_TYPE)


async def _known(request: Request, error: Exception) -> JSONResponse:
    outcome = outcome_of(error)
    nearest = list(error.nearest) if isinstance(error, NotFound) else None
    return _problem(outcome.http_status, outcome.title, str(error), nearest)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """400 for a value that makes no sense, 422 for one that is missing or cannot be read."""
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    status = 400 if errors[0]["type"] in UNFITTING else 422
    return _problem(status, "参数有误", sentence_of(errors))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    title, detail = _HTTP.get(error.status_code, ("请求出错", "请求无法处理，请对照 /docs 检查。"))
    response = _problem(error.status_code, title, detail)
    response.headers.update(error.headers or {})
    return response


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    return _problem(500, "内部错误", "服务内部出错，请查看服务端的输出。")
