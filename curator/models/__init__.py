"""Text models: the protocol, llama.cpp behind it, and the fake that ships."""
