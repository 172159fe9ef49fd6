"""Facts as the modules of this package propose them, and how equal ones become one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.model import Fact, Method, Span

Proposed = tuple[str, str, str, Span, Method]
"""(head, relation, tail, evidence, method): one showing of a fact."""

_RANK: Mapping[Method, int] = {"stated": 0, "pattern": 1, "inferred": 2}


def together(proposed: Iterable[Proposed]) -> list[Fact]:
    """One fact for all equal proposals, with all their evidence and the surest of their methods.

    Facts come in order of head, relation and tail, evidence in the order of the text.
    """
    evidence: dict[tuple[str, str, str], dict[Span, None]] = {}
    methods: dict[tuple[str, str, str], Method] = {}
    for head, relation, tail, span, method in proposed:
        key = (head, relation, tail)
        evidence.setdefault(key, {})[span] = None
        known = methods.get(key, method)
        methods[key] = min(known, method, key=_RANK.__getitem__)
    return [
        Fact(head, relation, tail, tuple(sorted(spans, key=_order)), methods[head, relation, tail])
        for (head, relation, tail), spans in sorted(evidence.items())
    ]


def _order(span: Span) -> tuple[str, int, int]:
    return span.document, span.start, span.end
