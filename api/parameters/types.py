"""The parameters of questions and decisions as types, each with the values it may have: for Python, REST and OpenAPI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from kg.analysis.impact import MAX_DEPTH, MAX_PATHS
from kg.model import EntityType

MAX_TOP = 1000
MAX_DELAY = 24
LONGEST_QUESTION = 20_000
_LONGEST_NAME = 200
_LONGEST_ID = 300


@dataclass(frozen=True, slots=True)
class Within:
    """Numbers from ``low`` to ``high``; what is refused names both."""

    low: int
    high: int
    unit: str = ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(core) | {"minimum": self.low, "maximum": self.high}

    def _checked(self, value: int) -> int:
        if not self.low <= value <= self.high:
            message = f"应在 {self.low} 到 {self.high}{f' {self.unit}' if self.unit else ' '}之间"
            raise PydanticCustomError("out_of_range", "{message}", {"message": message})
        return value


@dataclass(frozen=True, slots=True)
class OneOf:
    """Texts that are one of some words, or empty where that is allowed."""

    words: tuple[str, ...]
    or_empty: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(core) | {"enum": [*([""] if self.or_empty else []), *self.words]}

    def _checked(self, value: str) -> str:
        if value not in self.words and (value or not self.or_empty):
            message = f"应为 {'、'.join(self.words)} 之一"
            raise PydanticCustomError("unknown_word", "{message}", {"message": message})
        return value


@dataclass(frozen=True, slots=True)
class Written:
    """Texts of at most so many characters; with ``otherwise``, which is said of any other, not only white space.

    Half a surrogate pair, as arguments in another encoding hold, is a character like any other: pydantic's own
    bound on lengths refuses it.
    """

    longest: int
    otherwise: str = ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(core) | {"maxLength": self.longest} | ({"minLength": 1} if self.otherwise else {})

    def _checked(self, value: str) -> str:
        if self.otherwise and not value.strip():
            raise PydanticCustomError("empty", "{otherwise}", {"otherwise": self.otherwise})
        if len(value) > self.longest:
            raise PydanticCustomError("over_long", "最长 {longest} 个字，请缩短", {"longest": self.longest})
        return value


TYPES: tuple[EntityType, ...] = get_args(EntityType)
_BY_LOWER = {type_.lower(): type_ for type_ in TYPES}


def _known_type(name: str) -> str:
    """An entity type in any case as it is written here."""
    if name.lower() not in _BY_LOWER:
        message = f"没有“{name}”这种实体类型，type 可用：{'、'.join(TYPES)}。"
        raise PydanticCustomError("unknown_type", "{message}", {"message": message})
    return _BY_LOWER[name.lower()]


Top = Annotated[int, Within(1, MAX_TOP), Field(description="最多几条；不写时十条，问全部时给全")]
PathTop = Annotated[int, Within(1, MAX_PATHS), Field(description="最多几条路径")]
MonthNumber = Annotated[int, Within(1, 12), Field(description="只查这个月份")]
Depth = Annotated[int, Within(1, MAX_DEPTH), Field(description="最多隔几条事实，默认 5")]
Delay = Annotated[int, Within(1, MAX_DELAY, "个月"), Field(description="拖后几个月")]
LevelName = Annotated[
    str, OneOf(("step", "item", "entity")), Field(description="step 步骤，item 事项，entity 实体")
]
KnownType = Annotated[
    str,
    AfterValidator(_known_type),
    Field(description="实体类型，不分大小写", json_schema_extra={"enum": list(TYPES)}),
]

Sought = Annotated[
    str,
    Written(LONGEST_QUESTION, "问题是空的，请写出要查的内容。"),
    Field(description="问题或词语"),
]
Asked = Annotated[
    str,
    Written(LONGEST_QUESTION, "问题是空的，请写出要问的内容。"),
    Field(description="问题，或先前回答中的 query"),
]
DocumentName = Annotated[str, Written(_LONGEST_ID), Field(description="只查这个文件：编号或文件名")]
SectionName = Annotated[str, Written(_LONGEST_NAME), Field(description="只查这个科室")]

EntityName = Annotated[str, Written(_LONGEST_ID), Field(description="实体的编号、名称或别名")]
NewName = Annotated[
    str,
    Written(_LONGEST_NAME, "名称是空的，请写出名称。"),
    AfterValidator(str.strip),
    Field(description="名称"),
]
Surface = Annotated[str, Written(_LONGEST_NAME), Field(description="原文的写法")]
Position = Annotated[int, Within(0, 10**9), Field(description="位置，以字符计，从 0 数起")]
Who = Annotated[str, Written(100), Field(description="谁做的决定")]
