"""How a message is spelt, as features: what misspellings and dialect still have in common."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import HashingVectorizer

LONGEST = 600
"""Characters that are read, about as many as the sentence model's tokens."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SpellingFeaturizer(SparseFeaturizer, GraphComponent):
    """Gives each message its groups of letters, hashed, as a vector of length ``weight``.

    Unlike plain counts the length is the same for two words and for a page, so that a long
    message is still judged by its meaning too; and hashing needs no vocabulary.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings of this component in config.yml."""
        return {
            **SparseFeaturizer.get_default_config(),
            "weight": 4.0,
            "min_letters": 3,
            "max_letters": 4,
            "buckets": 4096,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpellingFeaturizer:
        """There is nothing to load: the component learns nothing."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check: the vectorizer refuses what it cannot use."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._weight = float(self._config["weight"])
        self._letters = HashingVectorizer(
            analyzer="char_wb",
            ngram_range=(self._config["min_letters"], self._config["max_letters"]),
            n_features=self._config["buckets"],
            alternate_sign=False,
            binary=True,
            norm="l2",
        )

    # Rasa wires these two by the names of their arguments.
    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Features for every training example."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Features for messages that have a text."""
        for message in messages:
            text = message.get(TEXT)
            if text is not None:
                message.add_features(
                    Features(
                        self._weight * self._letters.transform([text[:LONGEST]]),
                        FEATURE_TYPE_SENTENCE,
                        TEXT,
                        self._config[FEATURIZER_CLASS_ALIAS],
                    )
                )
        return messages
