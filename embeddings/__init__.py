"""Meaning: ids and texts in, ranked ids out.

Only what is light to import is named here. The parts that load a model or an index are
imported where they are needed, each from its own module:

* ``embeddings.encoder``  texts to unit vectors (:class:`~embeddings.encoder.Encoder`)
* ``embeddings.cache``    vectors kept between runs, so that unchanged text is encoded once
* ``embeddings.vectors``  nearest ids by cosine similarity
* ``embeddings.lexical``  nearest ids by BM25
* ``embeddings.blobs``    bytes kept between runs
"""

from embeddings.errors import EmbeddingError, IndexMismatch, ModelError

__all__ = ["EmbeddingError", "IndexMismatch", "ModelError"]
