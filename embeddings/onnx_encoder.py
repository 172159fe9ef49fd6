"""Texts to vectors with ONNX Runtime, from the files that :mod:`embeddings.export` writes.

Every text runs alone, on one thread, and as many texts at once as there are cores. Dynamic quantisation has one
scale for a whole batch, so that a text in a batch gets a vector that depends on its neighbours; alone it always
gets the same one. A batch is no faster on a processor: alone there is nothing to pad, and no thread waits for
another.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from embeddings.piece_tokenizer import PieceTokenizer
from embeddings.processor import physical_cores
from embeddings.turns import Turns

FloatArray = npt.NDArray[np.float32]

NETWORK: Final = "network.onnx"
WORDS: Final = "words.npy"
SCALES: Final = "scales.npy"
PIECES: Final = "pieces.model"
INPUT: Final = "words"
#: Seconds to wait for a thread that was asked to begin.
_AT_MOST: Final = 0.01


class WordTable:
    """The word table, int8 with a scale for every row.

    It stays in its file and is read through the memory map, so that processes share it.
    """

    def __init__(self, folder: Path) -> None:
        self._words = np.load(folder / WORDS, mmap_mode="r")
        self._scales = np.load(folder / SCALES)
        self.dimension = int(self._words.shape[1])

    def rows(self, ids: Sequence[int]) -> FloatArray:
        """What the network reads: the rows of tokens, shape (1, len(ids), dimension)."""
        places = np.asarray(ids)
        rows: FloatArray = self._words[places] * self._scales[places, None]
        return rows[None]


class OnnxBackend:
    """An exported model: a tokenizer, a table of words, and a network from rows of the table to one vector."""

    def __init__(
        self, folder: Path, prompts: Mapping[str, str], window: int, threads: int | None = None
    ) -> None:
        """Open the files of ``folder``.

        Args:
            folder: what :mod:`embeddings.export` wrote.
            prompts: what stands before a text, by the kind of text.
            window: at most so many pieces a text.
            threads: texts at once, and so threads; ``None`` for one each physical core.

        Raises:
            Exception: of whatever class the libraries have for a file that they can't read.
        """
        with ThreadPoolExecutor(1) as helper:
            # The tokenizer takes longest and keeps the interpreter to itself; the session doesn't need it.
            session = helper.submit(open_session, folder / NETWORK)
            self.tokenizer = PieceTokenizer(folder / PIECES, window)
            self._session = session.result()
        self.table = WordTable(folder)
        self.prompts = prompts
        self.dimension = self.table.dimension
        self._at_once = threads or physical_cores()
        self._turns = Turns(self._at_once)
        self._pool = ThreadPoolExecutor(self._at_once, thread_name_prefix="encoder")

    def vectors(self, texts: Sequence[str], prompt: str) -> FloatArray:
        """Vectors of at least one text, each read with ``prompt`` before it; shape (len(texts), dimension)."""
        if len(texts) == 1:
            return self._vector(prompt + texts[0])[None]
        return np.stack(list(self._pool.map(self._vector, [prompt + text for text in texts])))

    def begin(self, text: str, prompt: str) -> Future[FloatArray] | None:
        """The vector of a text, shape (dimension,), begun beside other work if nothing else is encoded.

        Returns when the network runs, which leaves the interpreter to its caller.
        """
        if self._at_once < 2 or not self._turns.idle:
            return None
        runs = threading.Event()
        future = self._pool.submit(self._vector, prompt + text, runs.set)
        runs.wait(_AT_MOST)
        return future

    def _vector(self, text: str, runs: Callable[[], None] = lambda: None) -> FloatArray:
        with self._turns.turn():
            rows = self.table.rows(self.tokenizer.ids(text))
            runs()
            vector: FloatArray = self._session.run(None, {INPUT: rows})[0][0]
        return vector


def open_session(path: Path, optimised: Path | None = None) -> Any:
    """A session of one thread that runs a graph as it is.

    Args:
        path: the graph.
        optimised: where to write the graph after optimising it for any processor.

    Raises:
        Exception: of ONNX Runtime's own classes, where it can't read the file.
    """
    import onnxruntime

    level = onnxruntime.GraphOptimizationLevel
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = level.ORT_ENABLE_EXTENDED if optimised else level.ORT_DISABLE_ALL
    options.optimized_model_filepath = str(optimised or "")
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
