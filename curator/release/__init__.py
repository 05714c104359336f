"""Retrain: build, train, export, judge against the model in use, promote."""
