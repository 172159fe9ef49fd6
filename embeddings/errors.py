"""What can go wrong, as one tree. The messages are for the reader of the program's output."""


class EmbeddingError(Exception):
    """Anything this package reports on purpose."""


class ModelError(EmbeddingError):
    """A sentence encoder can't be found, read or used."""


class IndexMismatch(EmbeddingError):
    """A saved index is damaged, unfinished, or was made with another model or dimension."""
