"""Vectors of the questions asked last, so that a question asked again costs nothing."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

#: Waits for a vector that is being made, of shape (d,).
Begun = Callable[[], FloatArray]
_BEGUN: Final = 16


class Remembered:
    """At most ``size`` vectors by text, the one not asked for longest leaving first; shared between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._vectors: OrderedDict[str, FloatArray] = OrderedDict()
        self._begun: OrderedDict[str, Begun] = OrderedDict()
        self._lock = threading.Lock()

    def vectors(self, texts: Sequence[str], encode: Callable[[list[str]], FloatArray]) -> FloatArray:
        """Vectors of ``texts``, shape (len(texts), d), at least one; ``encode`` is asked for what is new.

        Equal texts are encoded once. Two threads that ask for the same new text at once both encode it.
        """
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
            begun = {text: self._begun.pop(text) for text in dict.fromkeys(texts) if text in self._begun}
        known |= {text: finish() for text, finish in begun.items()}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known |= dict(zip(new, encode(new), strict=True))
        self._keep({text: known[text] for text in texts[-self._size :]})
        return np.stack([known[text] for text in texts])

    def begin(self, text: str, begin: Callable[[], Begun | None]) -> None:
        """Let the vector of a text be begun, unless it is known or begun; whoever asks for it first waits for it."""
        with self._lock:
            known = text in self._vectors or text in self._begun
        if known or not (begun := begin()):
            return
        with self._lock:
            self._begun[text] = begun
            while len(self._begun) > _BEGUN:  # nobody asked for it
                self._begun.popitem(last=False)

    def _keep(self, vectors: dict[str, FloatArray]) -> None:
        with self._lock:
            for text, vector in vectors.items():
                # A row of its own: a view would keep the whole of its batch in memory.
                self._vectors[text] = vector if text in self._vectors else vector.copy()
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._size:
                self._vectors.popitem(last=False)
