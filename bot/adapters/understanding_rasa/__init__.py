"""Rasa behind the ``Understanding`` port: its client, its process, its training."""

from bot.adapters.understanding_rasa.client import RasaUnderstanding
from bot.adapters.understanding_rasa.process import RasaProcess
from bot.adapters.understanding_rasa.training import model_for, train

__all__ = ["RasaProcess", "RasaUnderstanding", "model_for", "train"]
