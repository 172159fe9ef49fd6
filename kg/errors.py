"""Every error that the knowledge graph raises on purpose, as one tree.

The message of each is one plain Chinese sentence that says what to do; the ways in (command line,
REST) map the *class* to an exit status and an HTTP status in one place, ``api/errors.py``.
"""


class KgError(Exception):
    """Root of the tree; never raised itself."""


class InputError(KgError):
    """An input that cannot be used; nothing has been changed."""


class UnreadableFile(InputError):
    """The file is missing, empty, binary, too large or in an unknown encoding."""


class NotAPlan(InputError):
    """The text could be read, but no plan was found in it."""


class KnowledgeFileError(InputError):
    """A vocabulary or rule file that a user edited cannot be parsed."""


class NotFound(KgError):
    """No such document, item, entity or node.

    ``nearest`` holds the closest names there are, best first; it may be empty.
    """

    def __init__(self, message: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.nearest = nearest


class Ambiguous(KgError):
    """The name given fits several things and has to be made more precise."""
