"""Training and evaluation of the model on the curated set (mlx-lm lives only here)."""
