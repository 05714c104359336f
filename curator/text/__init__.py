"""Markdown and plain text: blocks, sections, shingles. Knows nothing of examples."""
