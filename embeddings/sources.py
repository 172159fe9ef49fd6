"""Where a sentence encoder's files are: bundled, in a folder, or in the local model cache."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from embeddings.errors import ModelError
from embeddings.onnx_model import Notify, ensure_exported
from embeddings.sealed import file_sha256

# What decides the vectors. Cards, pictures and exports to other runtimes don't.
_SUFFIXES: Final = {".safetensors", ".bin", ".pt", ".json", ".txt", ".model"}
_OTHER_RUNTIMES: Final = ("onnx", "openvino", "coreml", "tflite")
_NOT_NEEDED: Final = [f"{name}/*" for name in _OTHER_RUNTIMES] + ["*.h5", "*.msgpack", "*.ot"]


@dataclass(frozen=True)
class ModelSource:
    """A model's folder, the name people know it by, and a text that changes with its files."""

    folder: Path
    name: str
    fingerprint: str


def find_source(
    model: str | None, cache_dir: Path, local_only: bool = True, notify: Notify | None = None
) -> ModelSource:
    """Find the folder of a model without loading it.

    Args:
        model: ``None`` for the bundled model, a folder, or a name such as
            ``"BAAI/bge-small-zh-v1.5"``.
        cache_dir: where the bundled model is exported, if it isn't there yet.
        local_only: never open a connection; a name is looked up in the local Hugging Face
            cache alone. ``False`` permits downloading it.
        notify: told in one line what takes long, if anything does.

    Raises:
        ModelError: there is no such model within reach.
    """
    if model is None:
        exported = ensure_exported(cache_dir, notify)
        return ModelSource(exported.folder, exported.name, exported.fingerprint)
    folder = Path(model).expanduser()
    if not folder.is_dir():
        folder = _cached_folder(model, local_only)
    try:
        return ModelSource(folder, model, folder_fingerprint(folder))
    except OSError as error:
        raise ModelError(f"无法读取模型 {model} 的文件，请检查权限。") from error


def folder_fingerprint(folder: Path) -> str:
    """A SHA-256 over the names and contents of the files that decide a model's vectors.

    It reads every one of them, at about a second a gigabyte. It doesn't depend on where the
    folder is, so the same model gives the same text by path and by name.

    Raises:
        OSError: a file can't be read.
    """
    total = hashlib.sha256()
    for path in sorted(_deciding_files(folder)):
        total.update(f"{path.relative_to(folder).as_posix()}\n{file_sha256(path)}\n".encode())
    return f"sha256:{total.hexdigest()[:32]}"


def _deciding_files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.suffix in _SUFFIXES and not hidden and inside.parts[0] not in _OTHER_RUNTIMES:
            yield path


def _cached_folder(model: str, local_only: bool) -> Path:
    from huggingface_hub import snapshot_download

    for name in _full_names(model):
        try:
            found = snapshot_download(name, local_files_only=local_only, ignore_patterns=_NOT_NEEDED)
        # A wrong name is a ValueError, a missing one an OSError; a network failure may be
        # of a class that belongs to whatever HTTP client is installed.
        except Exception as error:  # noqa: BLE001
            failure = error
        else:
            return Path(found)
    where = "本地没有找到模型" if local_only else "无法取得模型"
    raise ModelError(f"{where} {model}，请检查名称，或改用本地模型目录或内置模型。") from failure


def _full_names(model: str) -> list[str]:
    # sentence-transformers lets its own models be named without their organisation.
    return [model] if "/" in model else [f"sentence-transformers/{model}", model]
