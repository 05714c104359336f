"""Markdown and plain text: cleaning, blocks, sections, stray marks, shingles; no examples."""
