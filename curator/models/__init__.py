"""Text models behind one protocol: llama.cpp, a served model, and the scripted fake that ships."""
