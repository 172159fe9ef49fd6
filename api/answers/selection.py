"""Query → the items and steps it is about: its constraints, its entities, the words that must be said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from api.indexing.folding import simplified
from api.indexing.passages import WHOLE_ITEM
from api.questions.query import Query
from api.questions.understanding import Understood
from api.search.catalogue import POSSIBLE
from api.search.certainty import memberships
from api.search.filters import Filters, fitting
from api.search.searcher import Searcher
from kg.analysis import Network
from kg.analysis.adjacency import Mask, Places
from kg.model import Item, Span, Step

_ENOUGH = 0.5
"""The share of the telling words, by characters, that a passage must say."""
_NEARLY_ALL = 0.75
"""The same where one of the words stands in no document at all."""

_BREATH = 0.5
"""What it counts that one passage says the words, beside the whole item's saying them."""


@dataclass(frozen=True)
class Selection:
    """Places of items and of steps, ascending. Steps may be none where only contents speak of the subject."""

    network: Network
    items: Places
    steps: Places
    narrowed: bool = False
    """Whether the words of the query chose among what its names and constraints leave."""

    def item_records(self) -> tuple[Item, ...]:
        return tuple(self.network.items[place] for place in self.items.tolist())

    def step_records(self) -> Iterator[tuple[Item, Step]]:
        for place in self.steps.tolist():
            yield self.network.items[int(self.network.item_of[place])], self.network.steps[place]

    @cached_property
    def item_keys(self) -> tuple[tuple[str, int], ...]:
        return tuple((item.document, item.no) for item in self.item_records())

    @cached_property
    def step_keys(self) -> tuple[tuple[str, str], ...]:
        return tuple((item.document, step.key) for item, step in self.step_records())

    def __bool__(self) -> bool:
        return bool(len(self.items) or len(self.steps))


def select(query: Query, searcher: Searcher) -> Selection:
    """Everything that satisfies the constraints and speaks of the entities, words aside."""
    network = searcher.catalogue.network
    asked = Understood("", query.entities, query.sections, query.months, query.items)
    fits = fitting(searcher.catalogue, asked, Filters(query.document))
    steps, items = fits.steps.copy(), fits.items.copy()
    if query.entities:
        sure = memberships(
            searcher.catalogue, searcher.signals.indexes.lexical, searcher.signals.words, asked
        )
        steps &= sure.steps < POSSIBLE
        items &= sure.items < POSSIBLE
        if query.months:
            # What only the content of an item names belongs to no month of it.
            items &= _with_steps(steps, network)
    return _selection(items, steps, network)


def narrow(selection: Selection, query: Query, searcher: Searcher) -> Selection | None:
    """What of a selection says the telling words of a query best; ``None`` where nothing says enough of them.

    The items keep what their content, measures and steps say together, the steps what they say alone.
    """
    if not query.words:
        return selection
    network = selection.network
    candidates = _candidates(selection.items, query.words, searcher)
    of_items = np.array([_said(network.items[p], query.words) for p in candidates.tolist()])
    unknown = any(not occurs(alternatives, searcher) for alternatives in query.words)
    if of_items.max(initial=0.0) < (1 + _BREATH) * (_NEARLY_ALL if unknown else _ENOUGH):
        return None
    items = candidates[of_items >= of_items.max() - 1e-9]
    kept = selection.steps[np.isin(network.item_of[selection.steps], items)]
    of_steps = np.array([coverage(network.steps[p].text, query.words) for p in kept.tolist()])
    best = of_steps.max(initial=0.0)
    return Selection(network, items, kept[of_steps >= best - 1e-9] if best > 0 else kept[:0], True)


def _candidates(items: Places, words: Sequence[Sequence[str]], searcher: Searcher) -> Places:
    """Those of some items that may say a word: all pairs of its characters stand in what they say."""
    whole, found = searcher.signals.indexes.lexical[WHOLE_ITEM], [np.empty(0, dtype=np.int32)]
    for word in chain.from_iterable(words):
        pairs = searcher.signals.words.bigrams(word)
        if not pairs:
            return items
        found.append(whole.holding(pairs))
    return np.intersect1d(items, np.concatenate(found)).astype(np.int32)


def whole_items(selection: Selection) -> Selection:
    """The items of a selection with all their steps."""
    return _selection_of(selection.items, selection.network)


def retrieved(query: Query, searcher: Searcher, top: int | None) -> Selection | None:
    """The ``top`` items that a search finds for the text of a query; ``None`` where there is no answer.

    Without ``top`` those that surely belong to the set asked for, or else all that come near.
    """
    understood = searcher.understand(query.text or "".join(word for word, *_ in query.words))
    answer = searcher.answer(understood, query.text, "item", top, Filters(query.document))
    if not answer.answered:
        return None
    sure = [hit for hit in answer.hits if hit.certainty != "possible"] if top is None else []
    places = [searcher.catalogue.item_place(hit.document, int(hit.key)) for hit in sure or answer.hits]
    items = np.array(sorted(places), dtype=np.int32)
    return _selection_of(items, searcher.catalogue.network)


def coverage(text: str, words: Sequence[Sequence[str]]) -> float:
    """The share of telling words, by characters, of which a text says one alternative; 1 where there are none."""
    folded = simplified(text)
    sizes = [len(alternatives[0]) for alternatives in words]
    said = [
        size
        for size, alternatives in zip(sizes, words, strict=True)
        if any(w in folded for w in alternatives)
    ]
    return sum(said) / sum(sizes) if sizes else 1.0


def spans_of(item: int, entities: Sequence[str], network: Network) -> Iterator[Span]:
    """The words of an item that speak of entities, or of what belongs to them."""
    _, facts = network.adjacency(("mentions",), against=False).at(np.array([item], dtype=np.int32))
    wanted = [network.place[entity] for entity in entities if entity in network.place]
    for fact in facts[np.isin(network.tails[facts], wanted)].tolist():
        yield from network.facts[fact].evidence


def _said(item: Item, words: Sequence[Sequence[str]]) -> float:
    """The coverage of a whole item; of two that say as much, the one that says it in one breath is ahead."""
    passages = [part for part in (item.content, item.measures, item.criteria) if part]
    passages += [step.text for step in item.steps]
    together = max(coverage(passage, words) for passage in passages)
    return coverage("\n".join(passages), words) + _BREATH * together


def occurs(alternatives: Sequence[str], searcher: Searcher) -> bool:
    """Whether the documents have one of some words."""
    holds = searcher.answerable.whole_items.holds
    return any(all(map(holds, searcher.signals.words.tokens_within(word))) for word in alternatives)


def _with_steps(steps: Mask, network: Network) -> Mask:
    dated = np.zeros(len(network.items), dtype=bool)
    dated[network.item_of[steps]] = True
    return dated


def _selection(items: Mask, steps: Mask, network: Network) -> Selection:
    return Selection(network, np.flatnonzero(items).astype(np.int32), np.flatnonzero(steps).astype(np.int32))


def _selection_of(items: Places, network: Network) -> Selection:
    steps = np.flatnonzero(np.isin(network.item_of, items)).astype(np.int32)
    return Selection(network, items, steps)
