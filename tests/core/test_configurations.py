"""Configurations as YAML."""

import pytest
import yaml

from core.configurations import (
    BYTES_MAX,
    Configuration,
    ConfiguredGroup,
    ConfiguredSite,
    merge,
    read_yaml,
    write_yaml,
)
from core.errors import BadList

CAMERA = {
    "name": "Tür 1",
    "url": "rtsp://door/1",
    "rules": {
        "include": [[[0.0, 0.5], [1.0, 0.5], [1.0, 1.0]]],
        "schedule": [{"days": ["monday", "friday"], "from": "18:00", "to": "06:00"}],
    },
}
FULL = Configuration(
    format=1,
    preferences={"evidence": "numbers", "retention": {"pictures_days": 7}},
    sites=(ConfiguredSite(name="North", zones=("Hall", "Gate")),),
    zones=("Yard",),
    cameras=(CAMERA,),
    groups=(ConfiguredGroup(name="night", sites=("North",), users=("ann",)),),
)


def faults_of(text: str) -> str:
    with pytest.raises(BadList) as refused:
        read_yaml(text.encode())
    return str(refused.value)


def test_what_is_written_is_yaml_that_others_read_alike() -> None:
    text = write_yaml(FULL)
    assert yaml.safe_load(text) == FULL.model_dump(mode="json")
    assert "Tür 1" in text
    assert "days: [monday, friday]" in text


def test_what_is_written_is_read_again() -> None:
    read = read_yaml(write_yaml(FULL).encode())
    assert (read.sites, read.zones, read.groups) == (FULL.sites, FULL.zones, FULL.groups)
    assert read.cameras[0]["rules"]["schedule"] == CAMERA["rules"]["schedule"]  # type: ignore[index]  # JSON


def test_times_and_names_need_no_quotes() -> None:
    text = (
        "{format: 1, sites: [{name: 1_000}], cameras: [{from: 18:00, to: 06:00, at: 2026-01-01}]}"
    )
    read = read_yaml(text.encode())
    assert read.sites[0].name == "1_000"
    assert read.cameras[0] == {"from": "18:00", "to": "06:00", "at": "2026-01-01"}


def test_what_is_left_out_is_empty() -> None:
    assert read_yaml(b"format: 1") == Configuration(format=1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "the file", id="nothing"),
        pytest.param("[]", "the file", id="a list"),
        pytest.param("{", "no YAML", id="broken"),
        pytest.param("[" * 3_000, "no YAML", id="nested without end"),
        pytest.param("a: !!python/object:os.system x", "no YAML", id="an object"),
        pytest.param("{format: 1, zones: [&a x, *a]}", "aliases", id="aliases"),
        pytest.param("sites: []", "format", id="no format"),
        pytest.param("format: 2", "format", id="a later format"),
        pytest.param("{format: 1, users: []}", "users", id="what is none of it"),
        pytest.param("{format: 1, zones: ['']}", "zones.0", id="no name"),
        pytest.param("{format: 1, cameras: [door]}", "cameras.0", id="a name for a camera"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, words: str) -> None:
    assert words in faults_of(text)


def test_large_files_and_other_encodings_are_refused() -> None:
    for content in (b" " * (BYTES_MAX + 1), "Tür".encode("latin-1")):
        with pytest.raises(BadList):
            read_yaml(content)


def test_what_is_given_goes_over_what_is_known_group_by_group() -> None:
    known = {"evidence": "blurred", "retention": {"pictures_days": 30, "jobs_days": 90}}
    given = {"retention": {"pictures_days": 7}}
    assert merge(known, given) == {
        "evidence": "blurred",
        "retention": {"pictures_days": 7, "jobs_days": 90},
    }
    assert merge(known, {}) == known
    assert merge({}, given) == given
