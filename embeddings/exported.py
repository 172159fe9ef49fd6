"""A folder with an exported model, as far as its manifest tells of it."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from embeddings.sealed import MANIFEST

KIND: Final = "onnx sentence encoder"


@dataclass(frozen=True)
class Exported:
    """An exported model.

    ``name`` is for people. ``fingerprint`` changes with the precision and with the bytes of any file. ``features``
    are those of the processor it was checked on, ``window`` is the number of tokens that a text is cut at.
    """

    folder: Path
    name: str
    fingerprint: str
    prompts: dict[str, str]
    window: int
    features: list[str]


def read_exported(folder: Path) -> Exported | None:
    """What the manifest of a folder says, or ``None`` where there is no whole folder of this kind.

    Of the files only the sizes are looked at, so that this costs less than a millisecond.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files, meta = manifest["files"], manifest["meta"]
        whole = manifest["kind"] == KIND
        whole = whole and all((folder / name).stat().st_size == file["size"] for name, file in files.items())
        content = sha256("".join(f"{name} {files[name]['sha256']}\n" for name in sorted(files)).encode())
        fingerprint = f"{folder.name}-{content.hexdigest()[:16]}"
        found = Exported(
            folder,
            meta["name"],
            fingerprint,
            dict(meta["prompts"]),
            int(meta["window"]),
            list(meta["features"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if whole else None
