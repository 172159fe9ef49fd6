"""Turns at something of which there are only so many: who asks first comes first."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """So many turns at a time. A turn that ends goes to whoever has waited longest.

    ``threading.Semaphore`` keeps no order: a thread that asks again and again, as one that encodes a whole
    document does, may overtake one that waits for a single question.
    """

    def __init__(self, count: int) -> None:
        self._count = self._free = count
        self._waiting: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    @property
    def idle(self) -> bool:
        """Whether nobody has a turn."""
        return self._free == self._count

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and have it while the block runs."""
        self._take()
        try:
            yield
        finally:
            self._give()

    def _take(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        try:
            mine.acquire()  # until the one before lets it go
        except BaseException:
            self._give_up(mine)
            raise

    def _give(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def _give_up(self, mine: threading.Lock) -> None:
        """Leave the queue, or pass on the turn that came at the same moment."""
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return
        self._give()
