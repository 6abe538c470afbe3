"""The outside world behind the ports: the record, Rasa, content files."""
