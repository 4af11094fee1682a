"""The fact of a host in the file that AWX knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ocamba.hood.plugins.plugin_utils.fact_storage import ARTIFACTS, OF_AWX, FactStorage


def storage(
    tmp_path: Path, core: tuple[int, int] = (2, 19), plugin: str = "jsonfile", **environment: str
) -> FactStorage:
    folder = tmp_path / "artifacts" / "1" / "fact_cache"
    folder.mkdir(parents=True, exist_ok=True)
    known = {ARTIFACTS: str(tmp_path / "artifacts" / "1"), OF_AWX: str(tmp_path), **environment}
    return FactStorage(plugin, str(folder), core, known)


def test_what_was_written_is_read_and_what_others_wrote_stays(tmp_path: Path) -> None:
    file = Path(storage(tmp_path).location) / "acme"
    file.write_text('{"distribution": "Debian"}', encoding="utf-8")
    storage(tmp_path).write("acme", "ours", {"format": 1})
    assert storage(tmp_path).read("acme", "ours") == {"format": 1}
    assert json.loads(file.read_text(encoding="utf-8")) == {"distribution": "Debian", "ours": {"format": 1}}
    assert [path.name for path in file.parent.iterdir()] == ["acme"]
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "{", "[1]", "null", '"ours"', "[" * 100_000, "\udcff"])
def test_what_is_no_mapping_holds_no_fact(tmp_path: Path, content: str) -> None:
    (Path(storage(tmp_path).location) / "acme").write_text(content, encoding="utf-8", errors="surrogateescape")
    assert storage(tmp_path).read("acme", "ours") is None
    storage(tmp_path).write("acme", "ours", 1)
    assert storage(tmp_path).read("acme", "ours") == 1


@pytest.mark.parametrize(
    "given",
    [
        {"core": (2, 18)},
        {"plugin": "community.general.redis"},
        {"plugin": "memory"},
        {ARTIFACTS: ""},
        {ARTIFACTS: "/elsewhere"},
    ],
    ids=str,
)
def test_nothing_is_written_where_core_keeps_the_facts_itself(tmp_path: Path, given: dict[str, Any]) -> None:
    one = storage(tmp_path, **given)
    one.write("acme", "ours", 1)
    assert one.read("acme", "ours") is None
    assert not list(Path(one.location).iterdir())


@pytest.mark.parametrize("host", ["../acme", "a/b", "..", ".", "", "/etc/passwd"])
def test_a_host_that_is_no_name_of_a_file_has_none(tmp_path: Path, host: str) -> None:
    storage(tmp_path).write(host, "ours", 1)
    assert storage(tmp_path).read(host, "ours") is None
    assert not list(Path(storage(tmp_path).location).iterdir())


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    one = FactStorage("jsonfile", str(tmp_path / "no" / "folder"), (2, 19), {ARTIFACTS: str(tmp_path)})
    one.write("acme", "ours", 1)
    assert one.read("acme", "ours") is None
    assert not (tmp_path / "no").exists()


def test_a_file_that_can_not_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = Path(storage(tmp_path).location)
    (folder / "acme").mkdir()
    with pytest.raises(IsADirectoryError):
        storage(tmp_path).write("acme", "ours", 1)
    assert [path.name for path in folder.iterdir()] == ["acme"]


def test_why_facts_are_forgotten(tmp_path: Path) -> None:
    assert storage(tmp_path).why_forgotten is None
    assert storage(tmp_path, (2, 18)).why_forgotten is None
    assert "not cached" in str(storage(tmp_path, plugin="ansible.builtin.memory").why_forgotten)
    alone = FactStorage("ansible.builtin.jsonfile", str(tmp_path / "fact_cache"), (2, 18), {ARTIFACTS: str(tmp_path)})
    assert "each run apart" in str(alone.why_forgotten)
    assert FactStorage("jsonfile", str(tmp_path), (2, 19), {}).why_forgotten is None
