"""A question as data: what is run, and what is given back so that it can be run again."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ConfigDict, TypeAdapter, ValidationError

from api.errors import BadRequest

INTENTS = (
    "compare", "impact", "lacking", "hotline", "responsible", "when", "entities", "targets", "trace", "items",
    "steps", "search",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for, as ids, names and numbers; everything but ``intent`` may be empty.

    ``months`` (1 to 12) are alternatives, as are ``sections`` and ``items``; ``kinds`` are the types of things
    asked for; ``words`` those that what answers must say; ``text`` what a search is made with; ``at_least`` and
    ``at_most`` bound targets of ``unit``; ``by`` is a last deadline; ``phase`` start or finish; ``delay`` a slip
    in months; ``whole_item`` asks for all of the item that speaks of the subject; ``everything`` that nothing narrows it;
    ``of_steps`` that steps are looked at, not items; ``count`` asks for a number; ``lacking`` names the field that is missing.
    """

    intent: str
    entities: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    months: tuple[int, ...] = ()
    items: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    text: str = ""
    unknown_section: str = ""
    document: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
    by: int | None = None
    phase: str = ""
    delay: int | None = None
    whole_item: bool = False
    everything: bool = False
    of_steps: bool = False
    count: bool = False
    lacking: str = ""

    __pydantic_config__ = ConfigDict(extra="forbid")

    def to_json(self) -> str:
        """The query as one line of JSON, without what is empty."""
        return _ADAPTER.dump_json(self, exclude_defaults=True).decode()

    @staticmethod
    def from_json(text: str) -> Query:
        """The query that was written. Raises :class:`BadRequest`."""
        try:
            query = _ADAPTER.validate_json(text)
        except ValidationError as error:
            place = ".".join(map(str, error.errors()[0]["loc"])) or "JSON"
            raise BadRequest(f"查询式有误（{place}），请原样使用回答中的 query。") from None
        if query.intent not in INTENTS:
            raise BadRequest(f"查询式的 intent 应为 {'、'.join(INTENTS)} 之一。")
        return query

    @property
    def constrained(self) -> bool:
        """Whether sections, months or items are asked for."""
        return bool(self.sections or self.months or self.items)


_ADAPTER = TypeAdapter(Query)
