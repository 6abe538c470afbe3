"""Parts of the pipeline that Rasa does not bring."""
