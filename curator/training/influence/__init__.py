"""Which training rows helped a run, and which hurt: gradients compared row by row."""
