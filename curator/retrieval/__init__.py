"""Find passages of documents for a question: `load_index`, `Index.search`, `context`.

settings      what is searched, by what, how much a prompt may carry
sources       the installed Rust documentation, or a folder of Markdown -> sections
chunks        sections -> pieces of a length that can be embedded and shown
words, bm25   search by words; the glossary takes French questions to English text
embeddings    search by meaning
fusion        the two rankings as one
index, files  the search; the index as a file
build         from the cache, or built anew
context       hits as numbered passages within a budget of tokens
"""

from curator.retrieval.build import load_index
from curator.retrieval.context import context
from curator.retrieval.index import Hit, Index
from curator.retrieval.settings import RagSettings

__all__ = ["Hit", "Index", "RagSettings", "context", "load_index"]
