"""A camera as people write it: in a request, a line of a list, or a configuration."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from core.camera_rules import NO_RULES, CameraRules
from core.names import Name, Text, check_printable

FRAMES_PER_SECOND_DEFAULT = 5.0
FRAMES_PER_SECOND_MIN, FRAMES_PER_SECOND_MAX = 0.5, 30.0
"""Slower, people pass between two frames, and nobody can be followed."""
LONG_SIDE_DEFAULT = 960
LONG_SIDE_MIN, LONG_SIDE_MAX = 160, 3840

Url: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(check_printable),
    Field(
        description="rtsp, rtsps, http or https address, the index of a webcam, "
        "or a file of the media folder. Answers never hold its password.",
    ),
]
Transport: TypeAlias = Literal["tcp", "udp"]
Rate: TypeAlias = Annotated[
    float,
    Field(
        ge=FRAMES_PER_SECOND_MIN,
        le=FRAMES_PER_SECOND_MAX,
        description="Frames a second that are analysed.",
    ),
]
LongSide: TypeAlias = Annotated[
    int,
    Field(ge=LONG_SIDE_MIN, le=LONG_SIDE_MAX, description="Longer side for analysis, pixels."),
]


class CameraEntry(BaseModel):
    """A camera to register."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: Name
    url: Url
    transport: Transport = "tcp"
    site: Text = ""
    zone: Text = ""
    is_paused: bool = False
    frames_per_second: Rate = FRAMES_PER_SECOND_DEFAULT
    long_side: LongSide = LONG_SIDE_DEFAULT
    rules: CameraRules = NO_RULES


class CameraChanges(BaseModel):
    """What to change of a camera; what is left out or null stays. Rules are replaced as a whole."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: Name | None = None
    url: Url | None = None
    transport: Transport | None = None
    site: Text | None = None
    zone: Text | None = None
    is_paused: bool | None = None
    frames_per_second: Rate | None = None
    long_side: LongSide | None = None
    rules: CameraRules | None = None
