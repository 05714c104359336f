#!/bin/sh
# What `make demo` shows: the authored set against every filter, then candidates of a real model and
# from the compiler, then these in an Argilla of the demo's own. Your own one is left alone.
# The model is the best of `curator models` that is here and fits into memory, or the one in MODEL,
# which is got first: `make demo MODEL=qwen-1.5b`.
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"
data=build/argilla
user=demo
unset ARGILLA_API_URL ARGILLA_API_KEY
export CURATOR_ARGILLA_DATA="$data"
curator() { .venv/bin/curator "$@"; }

# Beside the batch, the first time: what Argilla runs in. Where that fails, `argilla up` says why.
mkdir -p build
.venv/bin/curator argilla prepare >build/prepare.log 2>&1 &
preparing=$!
trap 'kill "$preparing" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM

# Before anything else, since a mistyped name or a lack of space is to be told at once.
model=${MODEL:-$(curator models best 2>/dev/null || echo smollm2)}
case $model in
*/* | *.gguf | openai:*) ;;
*) curator models get "$model" >build/model.log || exit $? ;;
esac
case $model in
smollm2) recipe=pipelines/demo.yaml takes="about 3 minutes on 2 cores" ;;
*) recipe=pipelines/demo-qwen.yaml takes="no new wave after 8 minutes" ;;
esac

echo "== 1. The authored examples: coverage, and every filter over them"
curator stats
curator filter raw/authored
echo
echo "== 2. A batch: $model writes, rustc makes mutants, the filters judge ($takes)"
if [ "$model" = smollm2 ]; then echo "   (the model that is carried; a better one: make demo MODEL=qwen-1.5b, 1.1 GB)"; fi
curator augment --recipe "$recipe" --model "$model"
echo
echo "== 3. Argilla: what was accepted waits for an annotator"
wait "$preparing" || true
# Without the owner's password and the advice to add people: the demo adds its own user.
running=$(curator argilla up --port "${DEMO_PORT:-6911}")
echo "$running" | sed -e '/^User /d' -e '/^Next: /d'
curator review push --recipe pipelines/demo-review.yaml
if [ -e "$data/keys/$user.key" ]; then act=reset; else act=add; fi
curator argilla users "$act" "$user"
echo
echo "Open the address, log in as $user with the password above, choose the dataset demo. Eight keys review"
echo "an example: 1 4 5 4 4 4 5 Enter; README.fr.md tells annotators more. make demo-down stops Argilla."
if [ "$model" = smollm2 ]; then
    echo "This model is tiny and its French poor: why what it wrote was rejected is the point there."
    echo "For real candidates: curator models get qwen-1.5b, then curator augment --more 2 --model qwen-1.5b."
else
    echo "For more: curator augment --more 2 --model $model (curator models lists others)."
fi
