"""Use a model that an OpenAI-compatible server has."""
