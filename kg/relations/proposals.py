"""Facts as the modules of this package propose them, and how equal ones become one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

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


def merged(documents: Iterable[Sequence[Fact]]) -> list[Fact]:
    """The facts of several documents as one list in the same order; equal ones become one.

    Only facts between entities can be shown by two documents. Each document's facts must be in order already:
    sorting what is nearly sorted is what makes this cheap.
    """
    every = sorted(chain.from_iterable(documents), key=lambda fact: (fact.head, fact.relation, fact.tail))
    result: list[Fact] = []
    for fact in every:
        last = result[-1] if result else None
        if last and (last.head, last.relation, last.tail) == (fact.head, fact.relation, fact.tail):
            evidence = tuple(sorted({*last.evidence, *fact.evidence}, key=_order))
            method = min(last.method, fact.method, key=_RANK.__getitem__)
            result[-1] = Fact(fact.head, fact.relation, fact.tail, evidence, method)
        else:
            result.append(fact)
    return result


def _order(span: Span) -> tuple[str, int, int]:
    return span.document, span.start, span.end
