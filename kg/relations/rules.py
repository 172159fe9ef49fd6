"""The rules of ``relations.toml``: what nested names tell, and the words by which sentences state facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import KnowledgeFileError
from kg.knowledge import Knowledge, alternatives


@dataclass(frozen=True, slots=True)
class NestedRule:
    """What a name of one of the ``inner`` types inside one of the ``outer`` types tells: a ``relation``.

    With ``opens`` the inner name opens the outer one; ``rest`` must fit all that stands behind it, if given.
    """

    inner: tuple[str, ...]
    outer: tuple[str, ...]
    relation: str
    opens: bool
    rest: re.Pattern[str] | None

    def fits(self, opens: bool, rest: str) -> bool:
        """Whether it holds of a name that ``opens`` the outer one, with ``rest`` behind it."""
        return (opens or not self.opens) and (self.rest is None or self.rest.fullmatch(rest) is not None)


@dataclass(frozen=True)
class RelationRules:
    """All rules, ready to match; distances are in characters."""

    nested: Mapping[tuple[str, str], Sequence[NestedRule]]
    """By the types of the outer and the inner name, the rule that decides first."""
    participating: re.Pattern[str]
    participating_distance: int
    supervising: re.Pattern[str]
    supervising_distance: int
    list_closing: tuple[str, ...]
    list_nouns: tuple[str, ...]
    list_behind: int

    @staticmethod
    def of(knowledge: Knowledge) -> RelationRules:
        """From ``relations.toml``. Raises :class:`KnowledgeFileError` where a table is not as it should be."""
        table = knowledge.relations
        try:
            placed = table["located_in"]
            return RelationRules(
                _by_types([_nested(entry) for entry in table["nested"]]),
                re.compile(alternatives(table["participates_in"]["words"])),
                int(table["participates_in"]["distance"]),
                re.compile(alternatives(table["supervised_by"]["words"])),
                int(table["supervised_by"]["distance"]),
                tuple(placed["closing"]),
                tuple(placed["nouns"]),
                int(placed["behind"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
            raise KnowledgeFileError(
                f"知识文件 relations.toml 的规则不完整（{error}），请对照自带的文件改正后重试。"
            ) from None

    def nested_relation(self, outer: str, inner: str, opens: bool, rest: str) -> str | None:
        """What a name tells that stands inside another, by the types of both; ``None`` where it tells nothing."""
        rules = self.nested.get((outer, inner), ())
        return next((rule.relation for rule in rules if rule.fits(opens, rest)), None)


def _nested(entry: Mapping[str, Any]) -> NestedRule:
    rest = entry.get("rest")
    return NestedRule(
        tuple(entry["inner"]),
        tuple(entry["outer"]),
        str(entry["relation"]),
        bool(entry.get("opens", False)),
        None if rest is None else re.compile(rest),
    )


def _by_types(rules: Sequence[NestedRule]) -> Mapping[tuple[str, str], Sequence[NestedRule]]:
    found: dict[tuple[str, str], list[NestedRule]] = {}
    for rule in reversed(rules):
        for outer in rule.outer:
            for inner in rule.inner:
                found.setdefault((outer, inner), []).append(rule)
    return found
