"""What the toolkit knows of French."""
