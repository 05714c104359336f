"""Retrieval: passages of the Rust documentation for a question."""
