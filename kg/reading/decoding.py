"""Bytes → text: the only place that knows about encodings, line ends and what is not text."""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path

from kg.errors import UnreadableFile

MAX_BYTES = 20 * 1024 * 1024
"""Larger files are refused: a work plan of a thousand pages is two megabytes."""

_MAGIC = {
    b"PK\x03\x04": "Word、Excel 或压缩文件",
    b"%PDF": "PDF 文件",
    b"\xd0\xcf\x11\xe0": "旧版 Word 或 Excel 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a file, refused before they are loaded where it is larger than ``limit``.

    Raises :class:`UnreadableFile`.
    """
    try:
        if path.is_dir():
            raise UnreadableFile(f"“{path}”是文件夹，请给出其中的文件。")
        if path.exists() and not path.is_file():
            raise UnreadableFile(f"“{path}”不是普通文件，请给出文本或 CSV 文件。")
        size = path.stat().st_size
        if size > limit:
            raise UnreadableFile(
                f"“{path.name}”有 {size / 1048576:.0f} MB，超过 {limit // 1048576} MB 的上限，请拆分后再导入。"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile(f"没有找到文件“{path}”，请检查路径。") from None
    except PermissionError:
        raise UnreadableFile(f"没有读取“{path}”的权限，请检查文件权限。") from None
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"无法读取“{path}”（{error}），请检查文件。") from None


def decode(data: bytes, name: str = "文件") -> str:
    """Text of UTF-8, UTF-16 (with a BOM), GBK or GB18030 bytes; BOM dropped, line ends as LF.

    Raises :class:`UnreadableFile` for empty, binary or undecodable bytes.
    """
    if not data.strip(b" \t\r\n\x0b\x0c"):
        raise UnreadableFile(f"“{name}”是空的，请检查文件内容。")
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise UnreadableFile(f"“{name}”是{kind}，目前只能读取文本和 CSV，请另存为纯文本后再导入。")
    text = _decode_bytes(data, name).replace("\r\n", "\n").replace("\r", "\n")
    if not any(not c.isspace() for c in text):
        raise UnreadableFile(f"“{name}”是空的，请检查文件内容。")
    return text


def _decode_bytes(data: bytes, name: str) -> str:
    text = _decoded(data, name)
    if _looks_binary(text):
        raise UnreadableFile(f"“{name}”不是文本文件，请另存为纯文本后再导入。")
    return text


def _decoded(data: bytes, name: str) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], encoding, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(data, "gb18030", name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile(
            f"“{name}”的编码无法识别，请另存为 UTF-8 或 GB18030 编码的文本后再导入。"
        ) from None


def _looks_binary(text: str) -> bool:
    # GB18030 maps nearly every byte pair to some character, so decoding alone proves nothing:
    # control characters, unassigned and private-use code points give random bytes away.
    sample = text[:65536]
    odd = sum(
        1 for c in sample if unicodedata.category(c) in ("Cc", "Cn", "Co") and c not in "\t\n\r\x0b\x0c"
    )
    return "\x00" in sample or odd * 50 > len(sample)
