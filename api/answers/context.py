"""What every intent answers from: one build, search over it, and the wording of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from api.answers.phrase import Phrasing
from api.answers.selection import Selection, coverage, narrow, occurs, retrieved, select
from api.questions.query import Query
from api.search.filters import Filters
from api.search.searcher import Searcher
from api.wording import joined, months
from api.workspace.snapshot import Snapshot
from kg.analysis import Network
from kg.analysis.adjacency import Places

_FULL = 0.99


@dataclass(frozen=True)
class AnswerContext:
    """``snapshot`` and ``searcher`` are of one build."""

    snapshot: Snapshot
    searcher: Searcher
    phrasing: Phrasing
    phases: Mapping[str, Sequence[str]]
    """Words for a start and for an end, as in ``ask.toml``."""

    @property
    def network(self) -> Network:
        return self.snapshot.network

    def name(self, entity: str) -> str:
        return self.network.name(self.network.place[entity])

    def subject(self, query: Query) -> str:
        """What a query is about in words: 工业科8月涉及“海尔”的."""
        parts = [
            joined(query.sections),
            joined([f"事项{no}" for no in query.items]),
            months(query.months),
            f"{'、'.join(f'“{self.name(entity)}”' for entity in query.entities)}",
        ]
        return "".join(part for part in parts if part)

    @property
    def sections(self) -> tuple[str, ...]:
        """Every section or unit that answers for an item."""
        return self.searcher.catalogue.unit_names

    def about(self, query: Query, top: int | None = 1) -> Selection | None:
        """What satisfies a query and says its words; ``None`` where the documents hold nothing of it.

        With a name or a constraint, words that are not all said only narrow where they can, unless the search
        sees no answer in them; without either, ``top`` items are searched for, or the whole set.
        """
        if not (query.entities or query.constrained):
            return self.searched(query, top)
        selection = select(query, self.searcher)
        if not selection or not query.words:
            return selection or None
        narrowed = narrow(selection, query, self.searcher)
        if narrowed is None:
            return selection if self._answers(query) else None
        whole = max(self._coverage(place, query) for place in narrowed.items.tolist()) >= _FULL
        return narrowed if whole or not query.entities else selection

    def strictly_about(self, query: Query) -> Selection | None:
        """The same, but what is not said enough is not there: for questions that want one thing told."""
        if not (query.entities or query.constrained):
            return self.searched(query)
        selection = select(query, self.searcher)
        return narrow(selection, query, self.searcher) if selection else None

    def searched(self, query: Query, top: int | None = 1) -> Selection | None:
        """The items that say all the words, else the ``top`` ones that a search finds; all where no word tells."""
        everything = select(Query("search", document=query.document), self.searcher)
        if query.everything and not query.words:
            return everything
        if query.words and not any(occurs(alternatives, self.searcher) for alternatives in query.words):
            # Nearness alone must not stand for a name that no document has: 海底捞有什么项目.
            return None
        narrowed = narrow(everything, query, self.searcher) if query.words else None
        if narrowed is not None and self._coverage(int(narrowed.items[0]), query) >= _FULL:
            return narrowed
        return retrieved(query, self.searcher, top)

    def _coverage(self, place: int, query: Query) -> float:
        item = self.network.items[place]
        parts = (item.content, item.measures or "", *(step.text for step in item.steps))
        return coverage("\n".join(parts), query.words)

    def _answers(self, query: Query) -> bool:
        understood = self.searcher.understand(query.text)
        return self.searcher.answer(understood, query.text, "item", 1, Filters(query.document)).answered

    def mentioned(self, places: Places, types: Sequence[str]) -> dict[int, list[int]]:
        """Entities of some types that nodes mention, each with the facts that say so, in the order of the text."""
        _, facts = self.network.adjacency(("mentions",), against=False).at(places)
        facts = facts[self.network.are(self.network.tails[facts], types)]
        by_entity: dict[int, list[int]] = {}
        for fact in sorted(facts.tolist(), key=lambda f: self.network.facts[f].evidence[0]):
            by_entity.setdefault(int(self.network.tails[fact]), []).append(fact)
        return by_entity

    def nodes_of(self, selection: Selection, dated: bool) -> Places:
        """The steps of a selection, and its items too unless it is ``dated``: contents belong to no month."""
        steps = selection.steps + self.network.first_step
        untouched = np.setdiff1d(selection.items, self.network.item_of[selection.steps])
        return steps if dated else np.concatenate([untouched.astype(np.int32), steps])
