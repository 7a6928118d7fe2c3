"""Write a frame once, as it goes over the wire to every viewer."""

from typing import Any

from socketio.packet import EVENT, Packet

from core.live import OverlayFace
from core.types import Verdict
from dashboard.viewers import LiveFrame
from dashboard.websockets import pack

_MESSAGE = "4"
"""Engine.IO's mark of a text that is a message; bytes need none."""


def pack_frame(frame: LiveFrame) -> bytes:
    """Write the event `frame`, whose acknowledgement is the camera's id.

    The same bytes do for all viewers, since nothing in them is a viewer's own: each has
    one credit a camera, so that the camera says which frame an acknowledgement is for.
    """
    event = Packet(EVENT, ["frame", frame_message(frame)], namespace="/", id=frame.camera_id)
    text, jpeg = event.encode()
    return pack(_MESSAGE + text) + pack(jpeg)


def frame_message(frame: LiveFrame) -> dict[str, Any]:
    """Write a frame as the browser reads it."""
    return {
        "camera_id": frame.camera_id,
        "frame_id": frame.frame_id,
        "captured_at": frame.captured_at.isoformat(),
        "width": frame.size_wh[0],
        "height": frame.size_wh[1],
        "kind": frame.kind.value,
        "analysed_at": frame.analysed_at.isoformat() if frame.analysed_at else None,
        "faces": [_face_message(face) for face in frame.faces],
        "people_now": frame.people_now,
        "jpeg": frame.jpeg,
    }


def _face_message(face: OverlayFace) -> dict[str, Any]:
    verdict: Verdict | None = face.verdict
    return {
        "box": [round(side, 1) for side in face.box_xywh],
        "track_id": face.track_id,
        "label": face.label.value,
        "probability": round(face.probability, 3),
        "score": round(face.score, 3),
        "verdict": verdict.value if verdict else None,
    }
