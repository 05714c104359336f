"""Text models: the protocol, llama.cpp and served models behind it, and the fake that ships."""
