"""How each fact is attested: under which name, in which part of an item, by itself or inside another name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kg.model import Fact, Mention, Span, item_id, step_id

Certainty = Literal["stated", "alias", "inferred"]
CERTAINTIES: tuple[Certainty, ...] = ("stated", "alias", "inferred")
"""In the order of trust; a code elsewhere is an index into it."""
STATED, ALIAS, INFERRED = range(3)
THINGS = ("Company", "Project", "Platform", "Program")
"""What work is done on: the types whose slip or success a plan is about."""


@dataclass(frozen=True)
class Attestation:
    """One entry a fact.

    ``certainty`` is the best code of its mentions; ``shown`` the place among its evidence of the mention that
    has it; ``titled`` says whether the content of the item has one, ``alone`` whether one stands by itself and
    not inside the name of another thing. Facts that are no mentions are ``stated`` unless they were inferred.
    """

    certainty: npt.NDArray[np.int8]
    shown: npt.NDArray[np.int32]
    titled: npt.NDArray[np.bool_]
    alone: npt.NDArray[np.bool_]

    @staticmethod
    def of(facts: Sequence[Fact], mentions: Sequence[Mention]) -> Attestation:
        """``mentions`` in the order of the text, the longer of two that begin together first."""
        count = len(facts)
        certainty = np.fromiter((_by_method(fact) for fact in facts), dtype=np.int8, count=count)
        shown, titled, alone = np.zeros(count, np.int32), np.zeros(count, bool), np.ones(count, bool)
        mentioning = {(f.head, f.tail): at for at, f in enumerate(facts) if f.relation == "mentions"}
        certainty[list(mentioning.values())] = INFERRED
        alone[list(mentioning.values())] = False
        for mention, nested in zip(mentions, _nested(mentions), strict=True):
            code = ALIAS if mention.surface != mention.name else STATED
            for at in _facts_of(mention, mentioning):
                if code < certainty[at]:
                    certainty[at], shown[at] = code, facts[at].evidence.index(mention.source)
                titled[at] |= mention.where == "content"
                alone[at] |= not nested
        return Attestation(certainty, shown, titled, alone)


def _by_method(fact: Fact) -> int:
    return INFERRED if fact.method == "inferred" else STATED


def _facts_of(mention: Mention, mentioning: Mapping[tuple[str, str], int]) -> Iterator[int]:
    if mention.item is None:
        return
    document = mention.source.document
    heads = [item_id(document, mention.item)]
    if mention.step is not None:
        heads.append(step_id(document, mention.step))
    for head in heads:
        at = mentioning.get((head, mention.entity))
        if at is not None:
            yield at


def _nested(mentions: Sequence[Mention]) -> Iterator[bool]:
    """Whether each mention stands inside the name of a thing, as 金能 does in 金能科技一期."""
    covered: dict[str, Span] = {}
    for mention in mentions:
        span = mention.source
        outer = covered.get(span.document)
        inside = outer is not None and span.end <= outer.end and span != outer
        yield inside
        if not inside and mention.type in THINGS:
            covered[span.document] = span
