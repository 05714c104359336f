# Read at llama.cpp's project() line, after llama-cpp-python's CMakeLists.txt has forced this on.
set(LLAMA_BUILD_COMMON OFF CACHE BOOL "llama.cpp's library for its command-line tools" FORCE)
