"""A question as data: what is run, and what is given back so that it can be run again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, get_args

from pydantic import (
    AfterValidator,
    AllowInfNan,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from api.errors import BadRequest
from api.parameters import sentence_of
from api.parameters.types import TYPES, OneOf, Within, Written
from api.schemas.answers import Intent

INTENTS: tuple[str, ...] = get_args(Intent)
PHASES = ("start", "finish")
FIELDS = ("hotline", "section", "targets", "steps", "measures")
"""What an item may lack."""
_LONGEST_DELAY = 120

Text = Annotated[str, Written(4000)]
Word = Annotated[str, Written(4000, "words 里有空的词，请去掉。")]
Few = Field(max_length=1000)
ItemNumber = Annotated[int, Within(1, 1_000_000)]
MonthOfYear = Annotated[int, Within(1, 12)]
Amount = Annotated[float, AllowInfNan(False), Field(ge=0)]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for, as ids, names and numbers; everything but ``intent`` may be empty.

    ``months`` (1 to 12) are alternatives, as are ``sections`` and ``items``; ``kinds`` are the types of things
    asked for; ``words`` those that what answers must say; ``text`` what a search is made with; ``at_least`` and
    ``at_most`` bound targets of ``unit``; ``by`` is a last deadline; ``phase`` start or finish; ``delay`` a slip
    in months; ``whole_item`` asks for all of the item that speaks of the subject; ``everything`` that nothing narrows it;
    ``of_steps`` that steps are looked at, not items; ``count`` asks for a number; ``lacking`` names the field that is missing.

    What the types say of the values holds for every query that is run: see :meth:`checked`.
    """

    intent: Annotated[str, OneOf(INTENTS)]
    entities: Annotated[tuple[Text, ...], Few] = ()
    sections: Annotated[tuple[Text, ...], Few] = ()
    months: Annotated[tuple[MonthOfYear, ...], Few] = ()
    items: Annotated[tuple[ItemNumber, ...], Few] = ()
    kinds: Annotated[tuple[Annotated[str, OneOf(TYPES)], ...], Few] = ()
    words: Annotated[tuple[Annotated[tuple[Word, ...], Field(min_length=1), Few], ...], Few] = ()
    text: Text = ""
    unknown_section: Text = ""
    document: Text | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None
    unit: Text = ""
    by: MonthOfYear | None = None
    phase: Annotated[str, OneOf(PHASES, or_empty=True)] = ""
    delay: Annotated[int, Within(1, _LONGEST_DELAY, "个月")] | None = None
    whole_item: bool = False
    everything: bool = False
    of_steps: bool = False
    count: bool = False
    lacking: Annotated[str, OneOf(FIELDS, or_empty=True)] = ""

    __pydantic_config__ = ConfigDict(extra="forbid")

    def to_json(self) -> str:
        """The query as one line of JSON, without what is empty."""
        return _ADAPTER.dump_json(self, exclude_defaults=True).decode()

    @staticmethod
    def from_json(text: str) -> Query:
        """The query that was written. Raises :class:`BadRequest` where it is none, or not one that can be run."""
        try:
            return _ADAPTER.validate_json(text)
        except ValidationError as error:
            errors = error.errors()
        if errors[0]["type"] == "json_invalid":
            raise BadRequest("查询式不是 JSON 对象，请原样使用回答中的 query。")
        raise BadRequest(f"查询式的 {sentence_of(errors)}")

    def checked(self) -> Query:
        """This query, where it can be run and written. Raises :class:`BadRequest` for one that a question led to."""
        try:
            return _ADAPTER.validate_python(asdict(self))
        except ValidationError as error:
            raise BadRequest(f"请改写问题：{sentence_of(error.errors())}") from None

    @property
    def constrained(self) -> bool:
        """Whether sections, months or items are asked for."""
        return bool(self.sections or self.months or self.items)

    @property
    def complete(self) -> bool:
        """Whether it names what its intent needs."""
        return _LACKS.get(self.intent, _nothing)(self) == ""


def _nothing(query: Query) -> str:
    return ""


def _pair(query: Query) -> str:
    return "" if max(len(query.sections), len(query.entities)) > 1 else "至少两个 sections 或 entities"


def _subject(query: Query) -> str:
    return "" if query.entities or query.constrained else "entities、items、sections 或 months"


_LACKS: Mapping[str, Callable[[Query], str]] = {
    "compare": _pair,
    "impact": _subject,
    "trace": lambda query: "" if query.entities else "entities",
    "entities": lambda query: "" if query.kinds else "kinds",
    "lacking": lambda query: "" if query.lacking else "lacking",
}
"""What a query of an intent lacks; a section that there is not is an answer by itself."""


def _with_its_needs(query: Query) -> Query:
    lacks = "" if query.unknown_section else _LACKS.get(query.intent, _nothing)(query)
    if lacks:
        message = f"intent 为 {query.intent} 时要给出 {lacks}。"
        raise PydanticCustomError("incomplete", "{message}", {"message": message})
    return query


_ADAPTER: TypeAdapter[Query] = TypeAdapter(Annotated[Query, AfterValidator(_with_its_needs)])
