"""What the views need, handed to the application once when it is made."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app
from redis import Redis

from core.secrets import SecretBox
from core.settings import Settings
from core.storage.engine import Database
from dashboard.connections import Connections
from dashboard.live import LiveHub

_NAME = "maskwatch"


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    database: Database
    redis: Redis
    box: SecretBox
    hub: LiveHub
    connections: Connections


def provide(app: Flask, provided: Services) -> None:
    app.extensions[_NAME] = provided


def services() -> Services:
    """Find the services of the application that handles this request."""
    return cast(Services, current_app.extensions[_NAME])
