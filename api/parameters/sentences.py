"""What is wrong with a value that was given, in one plain Chinese sentence that says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

Context = Mapping[str, Any]
WHOLE = "。"
"""A message of our own that ends with it is a whole sentence; any other follows the name of the parameter."""

_MESSAGES: Mapping[str, str] = {
    "missing": "没有给出，请补上",
    "extra_forbidden": "不是这里的参数，请去掉",
    "unexpected_keyword_argument": "不是这里的参数，请去掉",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "string_type": "应为文字",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "finite_number": "应为有限的数字",
    "value_error": "应为上传的文件",
}
_OF_CONTEXT: Mapping[str, Callable[[Context], str]] = {
    "literal_error": lambda context: f"应为 {'、'.join(_quoted(str(context['expected'])))} 之一",
    "greater_than_equal": lambda context: f"应不小于 {context['ge']:g}",
    "string_too_long": lambda context: f"最长 {context['max_length']} 个字，请缩短",
    "string_too_short": lambda context: "是空的，请填写",
    "too_long": lambda context: f"最多 {context['max_length']} 项，请减少",
    "too_short": lambda context: "是空的，请填写",
}
_BODY = "请求的正文应为 JSON 对象，并以 Content-Type: application/json 发送。"
_HAN = re.compile(r"[\u4e00-\u9fff]")
"""What our own messages have, and those of pydantic, which are English, have not."""
UNFITTING = frozenset(
    {"out_of_range", "empty", "incomplete", "unknown_type", "unknown_word", "literal_error"}
)
"""The kinds of errors of a value that can be read and makes no sense; of any other the value cannot be read."""


def sentence_of(errors: Sequence[ErrorDetails]) -> str:
    """The first of some pydantic errors as a sentence that names the parameter and what may be given."""
    error = errors[0]
    name = _name(error["loc"])
    message = _message(error)
    if message.endswith(WHOLE):
        return message
    if not name or error["type"] == "json_invalid":
        return _BODY
    return f"{name} {message}。"


def _message(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _OF_CONTEXT:
        return _OF_CONTEXT[kind](context)
    if kind in _MESSAGES:
        return _MESSAGES[kind]
    if _HAN.search(error["msg"]):
        return error["msg"]
    if kind.startswith("int_"):
        return "应为整数"
    if kind.startswith("float_"):
        return "应为数字"
    if kind.endswith(("_type", "_attributes")):
        return "应为 JSON 对象"
    return "不合要求，请对照文档检查"


def _name(place: Sequence[int | str]) -> str:
    """``months`` of ``("months", 0)``: the parameter, without where it was sent and which entry of it is meant."""
    names = [part for part in place if isinstance(part, str)]
    if names[:1] and names[0] in ("query", "path", "body", "header"):
        names = names[1:]
    return names[0].rstrip("_") if names else ""


def _quoted(expected: str) -> list[str]:
    return [word for word in re.findall(r"'([^']*)'", expected) if word]
