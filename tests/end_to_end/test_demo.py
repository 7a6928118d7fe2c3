"""What a new user sees: sightings within a minute, statistics that grow."""

from tests.end_to_end.house import Api, House
from tests.waiting import wait_for


def test_every_demo_camera_goes_live(demo_api: Api) -> None:
    cameras = demo_api.get("cameras")["items"]
    assert len(cameras) >= 4

    def all_live() -> bool:
        return all(one["state"] == "live" for one in demo_api.get("system")["cameras"])

    wait_for("every camera live", all_live)


def test_people_are_sighted_within_a_minute(demo_api: Api) -> None:
    sighting = wait_for("a sighting", demo_api.sightings, 60)[0]
    assert sighting["verdict"] in {"mask", "incorrect_mask", "no_mask", "unsure"}
    assert set(sighting["probabilities"]) == {"mask", "incorrect_mask", "no_mask"}
    assert sighting["started_at"] <= sighting["ended_at"]
    assert sighting["model_version"]


def test_the_statistics_count_what_is_listed(demo_api: Api) -> None:
    wait_for("some sightings", lambda: len(demo_api.sightings()) >= 5, 90)

    def agree() -> bool:
        """The two are asked one after the other: people pass in between."""
        totals = demo_api.get("compliance?bucket=minute")["totals"]
        listed = [one for one in demo_api.sightings() if not one.get("is_continuation")]
        verdicts = ("mask", "incorrect_mask", "no_mask", "unsure")
        return len(listed) == sum(int(totals[verdict]) for verdict in verdicts)

    wait_for("as many counted as listed", agree)


def test_every_frame_is_accounted_for(demo_api: Api) -> None:
    for camera in demo_api.get("system")["cameras"]:
        frames = camera["frames"]
        assert frames["is_balanced"], frames
        assert frames["analysed"] > 0


def test_a_token_made_while_it_runs_works_and_a_stranger_is_refused(
    demo_house: House, demo_api: Api
) -> None:
    viewer = Api(demo_house.url, demo_house.token("viewer-token", "viewer"))
    assert viewer.call("GET", "cameras")[0] == 200
    assert viewer.call("POST", "cameras", {"name": "x", "url": "rtsp://h/x"})[0] == 403
    assert Api(demo_house.url, "mw_guess").call("GET", "cameras")[0] == 401
