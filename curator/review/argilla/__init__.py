"""The seam to Argilla: what is asked of it, its SDK, the embedded server, a fake."""
