from pathlib import Path

import pytest

from embeddings.files import replacing


@pytest.mark.parametrize("durable", [False, True])
def test_what_is_written_takes_the_place_of_what_was_there(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "file"
    for text in ("one", "two"):
        with replacing(path, durable=durable) as aside:
            aside.write_text(text)
            assert not path.exists() or path.read_text() == "one"
    assert path.read_text() == "two"
    assert list(tmp_path.iterdir()) == [path]


def half_written(path: Path) -> None:
    with replacing(path) as aside:
        aside.write_text("half")
        raise RuntimeError


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("one")
    with pytest.raises(RuntimeError):
        half_written(path)
    assert path.read_text() == "one"
    assert list(tmp_path.iterdir()) == [path]
