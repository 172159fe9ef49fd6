import json
import os
import shutil
from pathlib import Path

import pytest

from embeddings import IndexMismatch
from embeddings.sealed import MANIFEST, clear_leftovers, read_sealed, write_sealed


def fill(folder: Path) -> None:
    (folder / "part").mkdir()
    (folder / "part" / "数据.bin").write_bytes(b"12345")


def sealed(tmp_path: Path) -> Path:
    folder = tmp_path / "sealed"
    write_sealed(folder, "test", {"n": 1}, fill)
    return folder


def test_what_was_sealed_is_read(tmp_path: Path) -> None:
    assert read_sealed(sealed(tmp_path), "test") == {"n": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["sealed"]


def test_a_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexMismatch):
        read_sealed(sealed(tmp_path), "other")


@pytest.mark.parametrize("content", [b"1234", b"12346", b"123456", None])
def test_a_changed_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    folder = sealed(tmp_path)
    path = folder / "part" / "数据.bin"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(IndexMismatch):
        read_sealed(folder, "test")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"seal": 1}', "null"])
def test_a_damaged_manifest_is_refused(tmp_path: Path, text: str) -> None:
    folder = sealed(tmp_path)
    (folder / MANIFEST).write_text(text)
    with pytest.raises(IndexMismatch):
        read_sealed(folder, "test")


def test_a_changed_manifest_is_refused(tmp_path: Path) -> None:
    folder = sealed(tmp_path)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest["meta"]["n"] = 2
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(IndexMismatch):
        read_sealed(folder, "test")


def test_an_interrupted_write_leaves_the_earlier_folder(tmp_path: Path) -> None:
    folder = sealed(tmp_path)

    def fail(aside: Path) -> None:
        (aside / "half").write_bytes(b"x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sealed(folder, "test", {"n": 2}, fail)
    assert read_sealed(folder, "test") == {"n": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["sealed"]


def test_a_later_write_replaces_the_earlier_one(tmp_path: Path) -> None:
    folder = sealed(tmp_path)
    write_sealed(folder, "test", {"n": 2}, lambda aside: (aside / "new").touch())
    assert read_sealed(folder, "test") == {"n": 2}
    assert not (folder / "part").exists()


def test_other_peoples_files_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(FileExistsError):
        write_sealed(tmp_path, "test", {}, fill)
    assert (tmp_path / "mine.txt").read_text() == "keep"


def test_leftovers_of_a_killed_writer_are_cleared(tmp_path: Path) -> None:
    folder = sealed(tmp_path)
    (tmp_path / ".sealed.0123").mkdir()
    clear_leftovers(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["sealed"]


# Large files


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one file of a sealed folder, of a size that is not read at every opening."""
    monkeypatch.setattr("embeddings.sealed._SMALL", 10)
    write_sealed(tmp_path / "sealed", "thing", {}, lambda folder: _fill_large(folder))
    return tmp_path / "sealed" / "large.bin"


def _fill_large(folder: Path) -> None:
    (folder / "large.bin").write_bytes(b"x" * 100)


def test_a_large_file_that_was_not_touched_is_not_read_again(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    monkeypatch.setattr("embeddings.sealed.file_sha256", lambda path: read.append(path) or "")
    assert read_sealed(large.parent, "thing") == {}
    assert read == []


def test_a_large_file_that_was_altered_is_noticed(large: Path) -> None:
    large.write_bytes(b"y" * 100)
    with pytest.raises(IndexMismatch):
        read_sealed(large.parent, "thing")


def test_a_large_file_that_was_only_copied_is_read_and_believed(large: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(large.parent, copy, copy_function=shutil.copyfile)
    assert read_sealed(copy, "thing") == {}
    (copy / "stamps.json").write_text("no stamps", encoding="utf-8")
    assert read_sealed(copy, "thing") == {}
    os.utime(copy / "large.bin", ns=(1, 1))
    assert read_sealed(copy, "thing") == {}
