"""A frame on the wire: what the browser reads, the same bytes for all."""

from datetime import UTC, datetime

from socketio.packet import BINARY_EVENT, Packet
from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import BytesMessage, TextMessage

from core.live import OverlayFace
from core.types import Label, Verdict
from dashboard.packets import frame_message, pack_frame
from dashboard.viewers import FrameKind, LiveFrame

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def make_frame(jpeg: bytes = b"jpeg") -> LiveFrame:
    return LiveFrame(
        camera_id=7,
        frame_id=1_777_636_800_000_000,
        captured_at=NOW,
        size_wh=(640, 360),
        kind=FrameKind.ANALYSED,
        analysed_at=NOW,
        faces=(
            OverlayFace((1.04, 2.0, 30.0, 40.0), 5, Label.MASK, 0.98765, 0.9, Verdict.MASK),
            OverlayFace((1.0, 2.0, 3.0, 4.0), 6, Label.NO_MASK, 0.5, 0.6, None),
        ),
        people_now=2,
        jpeg=jpeg,
    )


def test_a_frame_is_written_as_the_live_protocol_says() -> None:
    message = frame_message(make_frame())
    assert message["captured_at"] == "2026-05-01T12:00:00+00:00"
    assert (message["width"], message["height"], message["kind"]) == (640, 360, "analysed")
    assert message["faces"][0] == {
        "box": [1.0, 2.0, 30.0, 40.0],
        "track_id": 5,
        "label": "mask",
        "probability": 0.988,
        "score": 0.9,
        "verdict": "mask",
    }
    assert message["faces"][1]["verdict"] is None


def test_a_packed_frame_is_one_event_whose_acknowledgement_names_the_camera() -> None:
    jpeg = bytes(70_000)
    browser = Connection(ConnectionType.CLIENT)
    browser.receive_data(pack_frame(make_frame(jpeg)))
    text, picture = browser.events()
    assert isinstance(text, TextMessage)
    assert isinstance(picture, BytesMessage)
    event = Packet(encoded_packet=text.data.removeprefix("4"))
    assert (event.packet_type, event.id) == (BINARY_EVENT, 7)
    assert event.add_attachment(bytes(picture.data))
    assert event.data == ["frame", frame_message(make_frame(jpeg))]
