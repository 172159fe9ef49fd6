"""The rules by which an effect spreads from node to node: ``impact.toml``, read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.errors import KnowledgeFileError

CONDITIONS = ("", "alone", "titled", "own", "named", "unnamed", "not_earlier")


@dataclass(frozen=True, slots=True)
class Rule:
    """From a node in a state, along facts of ``relations`` or against them, to a node in another state.

    ``types`` are those of the node it leads to, any where there are none; ``when`` is one of ``CONDITIONS``.
    """

    state: int
    relations: tuple[str, ...]
    against: bool
    types: tuple[str, ...]
    when: str
    to: int
    weight: float
    free: bool
    shared: bool


@dataclass(frozen=True)
class ImpactRules:
    """All rules; states are places in ``states``."""

    states: tuple[str, ...]
    start: Mapping[str, int]
    rules: tuple[Rule, ...]
    labels: Mapping[str, str]
    passed: frozenset[int]
    """States that effects only pass through: nodes in them are no results."""
    in_turn: frozenset[int]
    """States of steps that wait for an earlier one of their item."""
    together: frozenset[int]
    """States of steps that wait for a thing which they share with the one that slips."""

    @staticmethod
    def of(table: Mapping[str, Any]) -> ImpactRules:
        """From the tables of ``impact.toml``. Raises :class:`kg.errors.KnowledgeFileError`."""
        try:
            states = tuple(dict.fromkeys([*table["start"].values(), *_named(table["rules"])]))
            rules = tuple(rule for entry in table["rules"] for rule in _read(entry, states))
            start = {type_: states.index(state) for type_, state in table["start"].items()}
            groups = (
                frozenset(states.index(state) for state in table.get(group, ()))
                for group in ("passed", "in_turn", "together")
            )
            return ImpactRules(states, start, rules, dict(table.get("labels", {})), *groups)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise KnowledgeFileError(
                f"知识文件 impact.toml 的规则不完整（{error}），每条规则要有 from、relations、to 和 weight。"
            ) from None

    def start_of(self, type_: str) -> int:
        """The state in which a node of a type slips itself."""
        return self.start.get(type_, self.start["other"])


def _named(entries: list[Mapping[str, Any]]) -> Iterator[str]:
    for entry in entries:
        yield from entry["from"].split()
        yield entry["to"]


def _read(entry: Mapping[str, Any], states: tuple[str, ...]) -> Iterator[Rule]:
    when = entry.get("when", "")
    if when not in CONDITIONS:
        raise ValueError(f"when = {when}")
    for state in entry["from"].split():
        yield Rule(
            states.index(state),
            tuple(entry["relations"]),
            bool(entry.get("against", False)),
            tuple(entry.get("types", ())),
            when,
            states.index(entry["to"]),
            float(entry["weight"]),
            bool(entry.get("free", False)),
            bool(entry.get("shared", False)),
        )
