"""Read every setting, in this one place, from the environment.

Everything else receives what it needs as arguments. A setting NAME is read from
MASKWATCH_NAME; `docs/settings.md` has a line for each.
"""

from pathlib import Path
from zoneinfo import available_timezones

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.detectors import TILES_PATTERN, DetectorChoice, DetectorName, parse_tiles
from core.errors import BadSettings
from core.runtimes import OpenVinoDevice, RuntimeChoice, RuntimeName


class Settings(BaseSettings):
    """What an installation may choose; the defaults work on a laptop."""

    model_config = SettingsConfigDict(env_prefix="MASKWATCH_", frozen=True, extra="ignore")

    data: Path = Field(Path("data"), description="Folder of the embedded database, keys and logs.")
    redis_url: str = Field("", description="Redis to use instead of the embedded server.")
    database_url: str = Field("", description="SQL database instead of the embedded SQLite file.")
    secret_key_file: Path | None = Field(
        None, description="File of secret keys, newest first; default DATA/secret.key."
    )
    media_folder: Path | None = Field(
        None, description="The only folder that file cameras may read; default DATA/media."
    )
    public_url: str = Field(
        "", description="Address that people open, if a proxy stands before the dashboard."
    )
    time_zone: str = Field(
        "", description="IANA zone that the days of the history are cut by; default the machine's."
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Log level.")
    redis_shards: int = Field(
        1, ge=1, le=32, description="Shards that the cameras are spread over in Redis."
    )
    staleness_ms: int = Field(
        1500, ge=100, description="A waiting frame older than this is expired, in milliseconds."
    )
    lease_ms: int = Field(
        2000, ge=200, description="A worker that holds a frame longer has lost it, in milliseconds."
    )
    results_bound: int = Field(
        20_000, ge=100, description="Results waiting per partition before taking stops."
    )
    batch_frames: int = Field(8, ge=1, le=64, description="Frames a worker takes at once at most.")
    batch_wait_ms: int = Field(
        20, ge=0, le=1000, description="A batch waits at most this long to fill, in milliseconds."
    )
    min_score: float = Field(
        0.5, ge=0.05, le=0.99, description="Detector score below which a face is not counted."
    )
    detector: DetectorName = Field(
        DetectorName.CENTERFACE, description="Face detector: centerface, fast, yunet or mtcnn."
    )
    detector_file: Path | None = Field(None, description="File of the detector yunet.")
    detector_tiles: str = Field(
        "off",
        pattern=TILES_PATTERN,
        description="Tiles to look for small faces in: off, auto, or columns x rows.",
    )
    runtime: RuntimeName = Field(
        RuntimeName.AUTO,
        description="What runs the networks: auto, openvino, tensorflow or litert.",
    )
    openvino_device: OpenVinoDevice = Field(
        OpenVinoDevice.CPU, description="Where OpenVINO runs: CPU, GPU (Intel's) or AUTO."
    )
    viewers_max: int = Field(
        400, ge=4, description="Open connections that one dashboard process serves at most."
    )
    media_max_megapixels: int = Field(
        50, ge=1, le=500, description="Largest picture that is accepted, in megapixels."
    )
    upload_folder: Path | None = Field(
        None, description="Folder of videos that were sent, until they are read."
    )
    upload_max_megabytes: int = Field(
        2_000, ge=1, le=1_000_000, description="Largest recorded video that is accepted, in MB."
    )

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value and value not in available_timezones():
            raise ValueError("expected the name of an IANA time zone, such as Europe/Berlin")
        return value

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database."""
        if self.database_url:
            return _with_driver(self.database_url)
        return f"sqlite:///{self._embedded_database.absolute()}"

    @property
    def database_is_there(self) -> bool:
        """Say whether there is a database to ask; opening the embedded one would make it."""
        return bool(self.database_url) or self._embedded_database.exists()

    @property
    def _embedded_database(self) -> Path:
        return self.data / "maskwatch.db"

    @property
    def models(self) -> Path:
        """Folder of copies of the model versions that were added."""
        return self.data / "models"

    @property
    def uploads(self) -> Path:
        """Folder of recorded videos that jobs have still to read."""
        return self.upload_folder or self.data / "uploads"

    @property
    def key_file(self) -> Path:
        return self.secret_key_file or self.data / "secret.key"

    @property
    def media(self) -> Path:
        return self.media_folder or self.data / "media"

    @property
    def runtime_choice(self) -> RuntimeChoice:
        return RuntimeChoice(self.runtime, self.openvino_device)

    @property
    def detector_choice(self) -> DetectorChoice:
        return DetectorChoice(self.detector, self.detector_file, parse_tiles(self.detector_tiles))

    @property
    def redis_is_embedded(self) -> bool:
        return not self.redis_url

    @property
    def redis(self) -> str:
        """Redis address; the embedded server's is found in the data folder.

        Raises BadSettings if neither an address is set nor an embedded server
        has been started on this folder.
        """
        if self.redis_url:
            return self.redis_url
        if not self.embedded_redis_file.exists():
            raise BadSettings(
                f"no Redis is known in {self.data}; run `maskwatch up` on this folder first, "
                "or set MASKWATCH_REDIS_URL"
            )
        return self.embedded_redis_file.read_text().strip()

    @property
    def embedded_redis_file(self) -> Path:
        """File of mode 0600 in which `up` leaves the embedded server's address."""
        return self.data / "run" / "redis.url"


def load_settings(**chosen: object) -> Settings:
    """Read the environment; `chosen` (command-line options) wins over it.

    Raises BadSettings naming the setting, what was found and what is expected.
    """
    try:
        return Settings(**{k: v for k, v in chosen.items() if v is not None})  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        first = error.errors()[0]
        name = "MASKWATCH_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadSettings(f"{name} is {first['input']!r}; {first['msg'].lower()}") from error


def _with_driver(url: str) -> str:
    """Name the driver that we ship for PostgreSQL addresses as people write them."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url
