"""What is settled before Rasa is imported: no telemetry, no graphics card, few words."""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "LOG_LEVEL": "WARNING",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    # A message has at most a few thousand characters; 20 MB held Rasa up for a minute.
    "SANIC_REQUEST_MAX_SIZE": "65536",
}


def prepare() -> None:
    """Set what is not set. Must run before anything of Rasa is imported."""
    os.environ.update(
        {name: value for name, value in ENVIRONMENT.items() if name not in os.environ}
    )
    # Not by a filter: Rasa and its libraries set those anew.
    warnings.showwarning = _unseen
    # Without its byte code each start of Rasa takes 10 seconds longer, whoever starts it.
    sys.dont_write_bytecode = False
    # Imported after TensorFlow, skops walks every module that TensorFlow loaded: seconds.
    import skops.io  # noqa: F401


def _unseen(*_: Any, **__: Any) -> None:
    return
