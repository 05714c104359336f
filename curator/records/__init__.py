"""What is written down: examples with their provenance, taxonomy, coverage, targets."""
