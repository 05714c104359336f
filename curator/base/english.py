"""The English sentence of every notice, for the terminal."""

from curator.base.notice import Language

SENTENCES = {
    # A sentence that an earlier version wrote to disk, or another program's own words.
    "free_text": "{text}",
    # Why two arms are not compared.
    "same_arm": "they are one arm: the same model, adapter, prompts and settings",
    "same_answers": "every answer of one is the same text as the other's",
    "no_prompt_left": "every prompt is left out",
    "asked_differently": "they were not asked and judged alike: {differences}",
    "prompts_differ": "prompts {before} / {after}",
    "profile_differs": "profile {before:profile} / {after:profile}",
    "criteria_differ": "other weights, or other ideas of a good answer",
    "compiler_differs": "judged by {before} / {after}",
    "sampling_differs": "{setting:sampling} {before} / {after}",
    "answered_once": "{prompts:prompt is|prompts are} answered in one only, such as {example}",
    # Why an arm is not evaluated, or its results are outdated.
    "not_evaluated": "{error}",
    "never_begun": "it was never begun",
    "not_repeatable": "it cannot be made again: {error}",
    "responses_gone": "the file of its responses is gone: {path}",
    "inputs_changed": "changed since: {inputs}",
    "input_changed_from": "{input} ({before}, now {after})",
    "input_settings_changed": "{input} ({settings})",
    "setting_changed": "{setting} {before}, now {after}",
    "input_model": "the model",
    "input_adapter": "the adapter",
    "input_prompts": "the prompts",
    "input_texts": "the words around the prompts",
    "input_documentation": "the documentation",
    "input_retrieval": "retrieval",
    "input_sampling": "the sampling",
    "input_samples": "samples",
    "input_seed": "the seed",
    "input_runtime": "what runs it",
    "input_kind": "the kind of model",
    "input_responses": "the file of its responses",
    # How a prompt leaked into a training set.
    "leaked_whole": "row {row}: {place:place}: {text:text} {prompt}, whole",
    "leaked_ngrams": (
        "row {row}: {place:place}: {text:text} {prompt}, {share:.0%} of its {length}-grams"
    ),
    "leaked_likeness": "row {row}: {text:text} {prompt}, similarity {similarity:.2f}",
    # Why a model is promoted, or not.
    "unmeasured": "{metric:metric} could not be measured",
    "difference": (
        "{metric:metric} {before:.3f} -> {after:.3f} ({delta:+.3f}, interval {low:+.3f} to "
        "{high:+.3f}, {prompts:prompt|prompts})"
    ),
    "too_few_prompts": "{difference}: nothing can be concluded of so few, it takes {least}",
    "no_certain_gain": "{difference}: no certain gain",
    "no_certain_gain_yet": (
        "{difference}: no certain gain; {needed:prompt|prompts} would show one of this size"
    ),
    "gain_below_margin": "{difference}: a gain of less than {margin}",
    "gain": "{difference}: a gain of {margin} or more",
    "gain_of_form": "{share:.0%} of what the composite gained is form",
    "not_above_floor": "not better for certain than {floor}, answers that are worth nothing",
    "constant_answer": "its answers to different questions are {share:.0%} alike",
    "bench_worse": (
        "{bench}: pass@1 {before:.3f} -> {after:.3f} (interval {low:+.3f} to {high:+.3f}): worse"
    ),
    "guarded_loss": "{difference}: worse, and guarded",
    "too_few_duels": "people chose on {prompts:prompt|prompts}, and {least} are asked for",
    "duels_lost": (
        "people prefer the old one: the new one gets {share:.0%} of the duels, interval {low:.0%} "
        "to {high:.0%}, on {prompts:prompt|prompts}"
    ),
    "duels_held": (
        "people give it {share:.0%} of the duels, interval {low:.0%} to {high:.0%}, on "
        "{prompts:prompt|prompts}"
    ),
    # What happened to a training.
    "killed": "killed by {signal}",
    "killed_saying": "killed by {signal}: {words}",
    "silent": "no sign of life for {seconds:.0f} s",
    "exited": "exit code {status}: {words}",
    "said_nothing": "it said nothing",
    "resumed": "from the newest sound checkpoint",
    "checkpointing": "gradient checkpointing is on",
    "in_parts": "each batch of {batch} rows is computed in {parts} parts, for the same gradient",
    "rows_left_out": "{rows:row|rows} of more than {limit} tokens left out",
    "resized": "to {iterations:iteration|iterations}, of {before} asked for before",
    "stopping": "at the end of this iteration, which is kept",
    # What the files of a training are.
    "lora_weights": "LoRA weights",
    "merged_model": "merged model (safetensors)",
    "trainable_model": "trainable model (float32 safetensors)",
    "quantised_model": "GGUF, {quantisation}",
    "quantised_base": "base model's GGUF, {quantisation}",
}
# Identifiers that English shows as they are.
NAMES: dict[str, dict[str, str]] = {
    name: {} for name in ("metric", "place", "text", "profile", "sampling")
}

english = Language(SENTENCES, NAMES)
