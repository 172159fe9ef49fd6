"""The bundled model on ONNX Runtime: found in the cache, made there at its first use, opened.

A folder of the cache holds the model in one precision. Of the precisions that give the vectors of the
sentence-transformers model on this processor the fastest is used; see :mod:`embeddings.export` and
:mod:`embeddings.acceptance`.
"""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from embeddings import bundled
from embeddings.acceptance import accepted, features_here
from embeddings.agreement import Agreement, agreement, vectors_of
from embeddings.errors import ModelError
from embeddings.export import FILES, PRECISIONS, Precision, Prepared, prepare, write_network
from embeddings.exported import KIND, Exported, read_exported
from embeddings.onnx_encoder import OnnxBackend
from embeddings.sealed import clear_leftovers, file_sha256, read_sealed, write_sealed

Notify = Callable[[str], None]

#: Raise it when the same model would be exported to other files.
FORMAT: Final = 2


def ensure_exported(cache_dir: Path, notify: Notify | None = None) -> Exported:
    """The exported model that is right for this processor, made first if it isn't there.

    Finding it reads its manifest and hashes the source weights (70 MB); making it takes about half a minute and
    needs the sentence-transformers model, which is unpacked for it. Several processes may call this at once.

    Args:
        cache_dir: where it is kept.
        notify: told in one line that it must be made, and then what was made.

    Raises:
        ModelError: the source weights are missing or damaged, the folder can't be written, or in no precision
            does the exported model agree with the original.
    """
    try:
        base = _base(cache_dir)
        return _found(base) or _export_once(base, notify or (lambda _: None))
    except OSError as error:
        raise ModelError(
            f"无法写入模型缓存目录 {cache_dir}，请检查权限和剩余空间，或用环境变量 KG_MODEL_CACHE 指定可写的目录。"
        ) from error


def open_exported(
    cache_dir: Path, threads: int | None = None, notify: Notify | None = None
) -> tuple[Exported, OnnxBackend]:
    """The exported model, every file checked against its seal, and loaded; what is damaged is made anew.

    Raises:
        ModelError: as :func:`ensure_exported` does, or the libraries refuse a file that was just made.
    """
    exported = ensure_exported(cache_dir, notify)
    try:
        return exported, _opened(exported, threads)
    # Each library has classes of its own for a file that it can't read.
    except Exception:  # noqa: BLE001
        shutil.rmtree(exported.folder, ignore_errors=True)
    exported = ensure_exported(cache_dir, notify)
    try:
        return exported, _opened(exported, threads)
    except Exception as error:
        raise ModelError(f"无法读取内置模型 {exported.folder}，请删除该目录后重试。") from error


def _opened(exported: Exported, threads: int | None) -> OnnxBackend:
    with ThreadPoolExecutor(1) as helper:
        # Hashing leaves the interpreter to the tokenizer, which takes longer.
        whole = helper.submit(read_sealed, exported.folder, KIND)
        backend = OnnxBackend(exported.folder, exported.prompts, exported.window, threads)
        whole.result()
    return backend


def _base(cache_dir: Path) -> Path:
    """What the folders of all precisions begin with; the hash in it is that of the source weights."""
    digest = file_sha256(bundled.source_file())
    return cache_dir / f"{bundled.MODEL}-{digest[:16]}-v{bundled.FORMAT}-onnx{FORMAT}"


def _folder(base: Path, precision: Precision) -> Path:
    return base.with_name(f"{base.name}-{precision}")


def _found(base: Path) -> Exported | None:
    there = (read_exported(_folder(base, precision)) for precision in PRECISIONS)
    return next((exported for exported in there if exported is not None and accepted(exported)), None)


def _export_once(base: Path, notify: Notify) -> Exported:
    from filelock import FileLock

    base.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(base.with_name(base.name + ".lock")):
        if exported := _found(base):  # another process was faster
            return exported
        for left_by in (base, *(_folder(base, precision) for precision in PRECISIONS)):
            clear_leftovers(left_by)
        notify("首次使用，正在把内置语义模型转换为 ONNX int8，约需半分钟……")
        with TemporaryDirectory(prefix=f".{base.name}.", dir=base.parent) as scratch:
            prepared = prepare(bundled.ensure_bundled(base.parent), Path(scratch))
            return _export(prepared, base, notify)


def _export(prepared: Prepared, base: Path, notify: Notify) -> Exported:
    """The first precision that agrees here, written and sealed; one that is there already has failed here."""
    for precision in PRECISIONS:
        folder = _folder(base, precision)
        if read_exported(folder) is not None:
            continue
        told = check(prepared, precision)
        if told.enough:
            _seal(prepared, folder, precision, told)
            notify(f"内置语义模型已转换（{precision}，与原模型的余弦相似度不低于 {told.lowest:.4f}）。")
            if exported := read_exported(folder):
                return exported
            raise OSError(f"{folder} was changed while it was written")
    raise ModelError(
        "内置模型在这台机器上转换后与原模型不一致，请重新安装 onnxruntime，或用 --model 指定 sentence-transformers 模型。"
    )


def check(prepared: Prepared, precision: Precision) -> Agreement:
    """Write the network of a prepared model in some precision, and compare its vectors with the model's own.

    Raises:
        OSError: the disk refused.
    """
    write_network(prepared.folder, precision)
    backend = OnnxBackend(prepared.folder, prepared.prompts, prepared.window)
    return agreement(vectors_of(backend), prepared.reference)


def _seal(prepared: Prepared, folder: Path, precision: Precision, told: Agreement) -> None:
    digest = folder.name.removeprefix(f"{bundled.MODEL}-")
    meta = {
        "name": f"bundled:{bundled.MODEL}@{digest[:8]}",
        "precision": precision,
        "prompts": dict(prepared.prompts),
        "window": prepared.window,
        "features": features_here(),
        "agreement": asdict(told),
    }

    def fill(aside: Path) -> None:
        for name in FILES:
            (prepared.folder / name).rename(aside / name)

    # Whatever stands there is no whole folder, and may have lost its manifest.
    shutil.rmtree(folder, ignore_errors=True)
    write_sealed(folder, KIND, meta, fill)
