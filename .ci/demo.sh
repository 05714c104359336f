#!/bin/sh
# What `make demo` shows: the authored set against every filter, then a real model's candidates.
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"
echo "== 1. The authored examples: coverage, and every filter over them"
.venv/bin/curator stats
.venv/bin/curator filter raw/authored
echo
echo "== 2. A batch: SmolLM2-135M writes 24 candidates (about 4 minutes on 2 cores), the filters judge"
.venv/bin/curator run pipelines/demo.yaml
echo
echo "The demo's model is tiny and its French poor: what was rejected, and why, is the point here."
echo "For real candidates: curator augment (Qwen2.5-Coder-1.5B from the hub, or --model FILE.gguf)."
