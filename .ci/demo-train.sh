#!/bin/sh
# What `make demo-train` shows: the curated set built and weighed, SmolLM2-135M trained on it for a
# short run, merged, quantised, and asked beside the model it was; then the report. In a project of
# its own under build/, so that your runs and your gate know nothing of it.
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"
home=build/demo-train
iterations="${DEMO_ITERATIONS:-20}"
prompts="${DEMO_PROMPTS:-6}"
mkdir -p "$home/training"
rm -rf "$home/raw"
cp -R pipelines raw "$home/"
cp training/smollm2.yaml training/prompts_fr.jsonl "$home/training/"
curator() { .venv/bin/curator --project "$home" "$@"; }
base() { ls "$home"/models/base-*.q4_k_m.gguf; }

echo "== 1. The set: what may enter, selected, split; and whether it is worth a training"
curator build
curator gate
echo
echo "== 2. LoRA on SmolLM2-135M for $iterations iterations (about 15 s each on 2 cores)"
[ -d "$home/models/smollm2" ] || curator import-model smollm2 --out "$home/models/smollm2"
[ -f "$home/training/runs/demo/result.json" ] ||
    curator train --config training/smollm2.yaml --model "$home/models/smollm2" \
        --iterations "$iterations" --name demo
echo
echo "== 3. Merged, then a quantised GGUF with proof"
[ -d "$home/models/demo" ] || curator fuse
[ -f "$home/models/demo-q4_k_m.json" ] || curator export
echo
echo "== 4. Both models asked $prompts prompts that none of them was trained on"
curator evaluate --recipe pipelines/demo-evaluate.yaml --limit "$prompts" \
    --arm "base=$(base)" --arm "tuned=$home/models/demo-q4_k_m.gguf"
echo
echo "== 5. The trained model answers the first one"
.venv/bin/python - "$home/training/evaluations/tuned" <<'PY'
import json, pathlib, sys
arm = pathlib.Path(sys.argv[1])
prompt = json.loads((arm / "prompts.jsonl").read_text("utf-8").splitlines()[0])
said = json.loads((arm / "responses.jsonl").read_text("utf-8").splitlines()[0])
print(f"{prompt['prompt']}\n\n{said['response']}")
PY
echo
echo "== 6. The report"
curator report --out build/demo-train/rapport
echo "A model this small, trained this briefly, gains form at best; the intervals say so."
echo "For a real one: curator retrain (training/lora.yaml: Qwen2.5-Coder-1.5B from the hub)."
