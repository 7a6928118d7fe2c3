"""Nonsense gets a clear sentence, and nothing dies."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from tests.end_to_end.house import Api, House, run_command
from tests.waiting import wait_for


def write_pictures(folder: Path) -> dict[str, Path]:
    """Make one bad picture of each kind, and one good."""

    def picture(width: int, height: int, kind: str) -> bytes:
        buffer = io.BytesIO()
        Image.new("RGB", (width, height), (90, 120, 150)).save(buffer, kind)
        return buffer.getvalue()

    contents = {
        "pixel.png": picture(1, 1, "PNG"),
        "huge.png": picture(10_000, 10_000, "PNG"),
        "empty.jpg": b"",
        "truncated.jpg": picture(640, 480, "JPEG")[:-200],
        "text.jpg": b"this is no picture\n" * 20,
        "good.jpg": picture(640, 480, "JPEG"),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents}


@pytest.mark.parametrize("command", ["detect", "classify"])
def test_bad_pictures_are_answered_beside_good_ones(tmp_path: Path, command: str) -> None:
    files = write_pictures(tmp_path)

    done = run_command(command, *map(str, files.values()), "--json")

    assert done.returncode == 1
    answers = {Path(one["file"]).name: one for one in json.loads(done.stdout)}
    assert set(answers) == set(files)
    assert "error" not in answers.pop("good.jpg")
    assert all(one["error"] for one in answers.values())
    assert "100 megapixels" in answers["huge.png"]["error"]
    assert "Traceback" not in done.stderr


def test_bad_sources_are_told_from_each_other(plain_house: House) -> None:
    api = Api(plain_house.url, plain_house.token())
    media = plain_house.data / "media"
    media.mkdir(exist_ok=True)
    (media / "notes.mp4").write_text("this is no video\n" * 50)
    (media / "empty.mp4").touch()

    def check(url: str) -> str:
        status, answer = api.call("POST", "cameras/check", {"url": url})
        return str(answer["error"]) if status == 200 else str(answer["detail"])

    errors = {
        url: check(url)
        for url in (
            "rtsp://127.0.0.1:9/nothing",
            "ftp://somewhere/video",
            "notes.mp4",
            "empty.mp4",
            "../../../etc/passwd",
            "demo:nowhere",
        )
    }

    assert all(errors.values()), errors
    assert "refuses connections" in errors["rtsp://127.0.0.1:9/nothing"]
    assert len(set(errors.values())) == len(errors)
    assert api.call("POST", "cameras", {"name": "x", "url": "ftp://somewhere/video"})[0] == 422
    api.add_camera("Unreachable", "rtsp://127.0.0.1:9/nothing")
    api.add_camera("No video", str(media / "notes.mp4"))
    good = api.add_camera("Good", "demo:entrance")

    wait_for("the good one is sighted all the same", lambda: api.sightings(camera_id=good))
    states = {one["name"]: one for one in api.get("system")["cameras"]}
    assert states["Unreachable"]["state"] == states["No video"]["state"] == "reconnecting"
    assert states["Unreachable"]["reason"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("up", "--port", "99999"), 2, "99999"),
        (("nonsense",), 2, "nonsense"),
        (("detect",), 2, "IMAGE"),
        (("watch", "nowhere.mp4", "--no-window"), 1, "nowhere.mp4"),
    ],
    ids=lambda value: str(value),
)
def test_bad_use_of_commands_is_explained(
    arguments: tuple[str, ...], status: int, words: str
) -> None:
    done = run_command(*arguments)
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr
