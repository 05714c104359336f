"""A search engine for argilla-server that answers from Argilla's own SQLite database.

Runs inside the server's environment and imports nothing of the curator. Tables of its own stand
beside Argilla's, and triggers keep them: a record and its index entry are one transaction, so that
the index is never behind and nothing is lost by a kill. Semantics are those of the Elasticsearch
engine in argilla_server/search_engine/; where they differ, the docstring says so.
"""
