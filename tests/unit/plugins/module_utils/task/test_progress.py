"""What a module tells while it runs: lines in a file that somebody follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.ocamba.hood.plugins.module_utils.task import progress


def test_a_line_is_added_to_the_file_that_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "progress"
    file.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv(progress.VARIABLE, str(file))
    progress.tell("waits for Hood")
    assert file.read_text(encoding="utf-8") == "before\nwaits for Hood\n"


@pytest.mark.parametrize("name", ["", "gone"])
def test_nobody_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A file that is gone is not made anew: it would stay."""
    monkeypatch.setenv(progress.VARIABLE, str(tmp_path / name) if name else "")
    progress.tell("waits for Hood")
    assert not list(tmp_path.iterdir())
