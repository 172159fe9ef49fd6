"""Search and answers over one build: a snapshot, and the encoder that made its vectors, loaded when it is needed."""

from __future__ import annotations

import threading
from functools import cached_property

from api.answers import Asker
from api.indexing.indexes import Encoding, Indexes, LazyEncoder
from api.indexing.passages import WHOLE_ITEM
from api.indexing.tokens import Words
from api.questions.lexicon import Lexicon
from api.questions.understanding import Understanding
from api.search import Searcher
from api.search.answerable import Answerable, Model
from api.search.catalogue import Catalogue
from api.search.signals import Signals
from api.workspace.snapshot import Snapshot


class Engine:
    """What answers questions about one build; made once for it and shared between threads."""

    def __init__(self, snapshot: Snapshot, encoding: Encoding) -> None:
        self.snapshot = snapshot
        self.encoder = LazyEncoder(encoding)
        self._making = threading.RLock()

    @property
    def searcher(self) -> Searcher:
        """Search. Raises :class:`api.errors.WorkspaceError` where another encoder made the vectors."""
        with self._making:
            return self._searcher

    @property
    def asker(self) -> Asker:
        """Questions and their answers. Raises as :attr:`searcher` does."""
        with self._making:
            return self._asker

    @cached_property
    def _asker(self) -> Asker:
        return Asker(self.snapshot, self._searcher, self._lexicon)

    @cached_property
    def _searcher(self) -> Searcher:
        snapshot, indexes = self.snapshot, self._indexes
        words = Words.over(snapshot.names, self._lexicon.question["stop"], snapshot.segmenter)
        catalogue = Catalogue(snapshot.network, snapshot.own_texts)
        whole = indexes.lexical[WHOLE_ITEM]
        return Searcher(
            Signals(catalogue, indexes, self.encoder, words, snapshot.first_entity),
            Understanding.over(
                snapshot.names,
                snapshot.entity_id,
                snapshot.knowledge,
                lambda word: all(map(whole.holds, words.tokens_within(word))),
                self._lexicon,
                snapshot.segmenter,
            ),
            snapshot.entities_by_id,
            Answerable(
                catalogue,
                whole,
                words,
                snapshot.named,
                Model.of(self._lexicon.answerable, self.encoder.name),
            ),
            self._lexicon.question["weights"],
            snapshot.mention,
            snapshot.entity_places,
        )

    @cached_property
    def _indexes(self) -> Indexes:
        return self.snapshot.indexes(self.encoder.fingerprint)

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon.of(self.snapshot.knowledge)
