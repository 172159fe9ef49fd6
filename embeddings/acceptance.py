"""Whether an exported model gives the reference's vectors on the processor at hand.

What was checked where it was made need not hold where it is carried to: processors multiply small integers in
different ways. What a check showed is kept in a small file beside the folder, one for each kind of processor.
"""

import json
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from embeddings.agreement import agreement, vectors_of
from embeddings.export import REFERENCE
from embeddings.exported import Exported
from embeddings.files import replacing
from embeddings.onnx_encoder import OnnxBackend
from embeddings.processor import processor_features

_RUNTIME: Final = "onnxruntime"


def features_here() -> list[str]:
    """What decides the vectors beside the files: the processor and the version of the runtime."""
    return [*processor_features(), f"{_RUNTIME} {version(_RUNTIME)}"]


def accepted(exported: Exported) -> bool:
    """Whether a model may be used here: checked where it was made, earlier here, or now (within a second).

    A model whose files can't be read may not.
    """
    features = features_here()
    if exported.features == features:
        return True
    verdict = _verdict_file(exported, features)
    with suppress(OSError, ValueError, KeyError, TypeError):
        return bool(json.loads(verdict.read_text(encoding="utf-8"))["passed"])
    passed = _passes(exported)
    # In a cache that can't be written it is checked each time.
    with suppress(OSError), replacing(verdict) as aside:
        aside.write_text(json.dumps({"features": features, "passed": passed}), encoding="utf-8")
    return passed


def _passes(exported: Exported) -> bool:
    try:
        reference = np.load(exported.folder / REFERENCE)
        backend = OnnxBackend(exported.folder, exported.prompts, exported.window)
        return agreement(vectors_of(backend), reference).enough
    # Each library has classes of its own for a file that it can't read.
    except Exception:  # noqa: BLE001
        return False


def _verdict_file(exported: Exported, features: list[str]) -> Path:
    about = sha256(json.dumps([exported.fingerprint, features]).encode()).hexdigest()
    return exported.folder.with_name(f"{exported.folder.name}.{about[:16]}.json")
