"""Names of identifiers in English, for the report; the codes are those of curator/french/words."""

METRICS = {
    "composite": "Score",
    "compiles": "Programs repaired",
    "solved": "Questions solved",
    "ideas": "Ideas told",
    "must_not": "Faults to avoid",
    "relevance": "Relevance",
    "form": "Form",
    "language": "Language is French",
    "french": "Language is French",
    "code": "Code right and to the point",
    "length": "Length of the answer",
    "topics": "Expected topics",
    "compilation": "Blocks that compile",
    "rust": "Rust does as it says",
    "format": "Format",
    "sections": "Sections present",
    "words": "Words an answer",
    "structure": "Structure",
    "repetition": "Repetition",
    "reference": "Likeness to the reference",
    "groundedness": "Support in the documentation",
}
MEANINGS = {
    "compiles": "share of answers whose program compiles where that of the question did not, or "
    "that solve the question",
    "composite": "what the answer brings, out of 5 (docs/score.md)",
    "solved": "share of answers that pass the check of their question, executed",
    "ideas": "share of the expected ideas, told in a sentence or in code that does as it says",
    "must_not": "share of the faults watched for that are made; less is better",
    "relevance": "whether the answer takes up the names and words of the question",
    "form": "finished, readable at once, without repetition",
    "language": "answers in which at least 3 of the 10 French function words appear",
    "french": "share of the units of prose that are in French",
    "code": "blocks that do what the text says of them and bear on the question",
    "length": "answers of 100 to 800 words",
    "topics": "share of the expected topics that are named",
    "compilation": "share of an answer's blocks that compile, each alone",
    "rust": "share of the Rust blocks that do what the text says of them, by rustc",
    "format": "expected sections, out of 5",
    "sections": "share of the expected sections",
    "words": "mean length",
    "structure": "the five sections, in order",
    "repetition": "share of the text that is repeated; less is better",
    "reference": "likeness to the reference answer",
    "groundedness": "share of the answer that the given passages support",
}
# What a code means under the seed document's profile, where that is something else.
SEED_METRICS = {"code": "Code blocks"}
SEED_MEANINGS = {
    "composite": "the weighted sum of the seed document, out of 5",
    "code": "share of answers with a block of code at least",
}
VERDICTS = {"better": "better", "worse": "worse", "undecided": "undecided"}
PROFILES = {"seed": "profile of the seed document", "default": "default profile"}
STANDINGS = {
    "accepted": "accepted",
    "rejected": "rejected",
    "corrected": "replaced by their correction",
    "disputed": "disputed",
    "pending": "waiting",
}
ENDS = {
    "targets_met": "targets met",
    "candidates": "limit of candidates",
    "minutes": "limit of time",
    "low_yield": "yield too low",
    "nothing_left": "nothing left to try",
    "done": "done",
    "early_stopping": "stopped early",
    "stopped": "stopped on request",
}
BATCH_STATES = {
    "running": "running",
    "interrupted": "interrupted: curator augment resumes it",
    "stale": "interrupted, and what it depends on has changed: curator batches",
    "empty": "begun, without a candidate: curator batches",
    "unreadable": "cannot be read: curator batches",
}
STAGES = {
    "program": "program",
    "error": "proven error",
    "question": "question",
    "tldr": "TL;DR",
    "explanation": "explanation",
    "points": "points to remember",
    "filters": "filters",
}
STAGE_REASONS = {
    "truncated": "cut at the limit of tokens",
    "copied": "a copy of the program that was shown",
    "unidiomatic_name": "a name against Rust's conventions",
    "foreign_name": "a name that is not French",
    "foreign_text": "prints a text that is not French",
    "does_not_compile": "does not compile",
    "warning": "rustc warns",
    "needs_more": "needs a crate, input or a file",
    "nothing_to_run": "nothing to run",
    "does_not_run": "does not run to its end",
    "no_output": "prints nothing",
    "repeated_words": "prints the same words twice on a line",
    "no_error": "no error of the topic and level",
    "unfinished": "unfinished sentence",
    "wrong_verb": "unexpected beginning of a sentence",
    "speaks_of_outcome": "speaks of the outcome",
    "not_french": "is not in French",
    "unknown_number": "a number that is not in the facts",
    "unknown_word": "unknown word",
    "unknown_name": "a name that is not in the facts",
    "unclosed_code": "code that is not closed",
    "off_program": "unrelated to the program",
}
MARKS = {
    "start": "Start (untrained model)",
    "best": "Best validation",
    "checkpoint": "Checkpoint",
    "end": "End",
    "died": "Interruption",
    "resumed": "Resumed",
    "lowered": "Memory lowered",
    "skipped": "Row left out",
    "corrupt": "Damaged checkpoint",
}
QUESTIONS = {
    "decision": "decision",
    "naturel": "natural question",
    "exactitude": "correctness",
    "code": "code",
    "completude": "completeness",
    "pedagogie": "teaching",
    "format": "format",
    "topic": "topic",
    "difficulty": "level",
}
SIGNALS = {
    "repetition": "repetition",
    "overlap": "words taken from the question",
    "code_share": "share of code",
    "off_glossary": "words outside the glossary",
    "french": "certainty of French",
    "agreement": "agreement of attempts",
    "log_likelihood": "likelihood of the answer",
    "likelihood_gain": "support by the facts",
    "opinion": "another model's opinion",
}
# Topics are English identifiers, and stand as they are.
AXES = {
    "category": {"debug": "debugging", "concepts": "concept", "exercises": "exercise"},
    "difficulty": {
        "debutant": "beginner",
        "intermediaire": "intermediate",
        "avance": "advanced",
    },
}
STRATEGIES = {
    "mutate": "mutation proven by rustc",
    "from_program": "model, program and proven error",
    "few_shot": "model, with examples",
    "from_docs": "model, from the documentation",
    "evolve": "model, transformed example",
    "repair": "model, repair",
}
# What to do when a filter rejects too much, as Filter.cure_fr says it in French.
CURES = {
    "duplicates": "other seeds, and more varied strategies",
    "leakage": "not to show the model texts that are close to the evaluation's questions",
    "structure": "keep generate.grammar: true, which imposes the sections, or a larger model",
    "french": "a model that writes better French, and the strategy repair",
    "length": "adjust the bounds of the filter length, or sampling.max_tokens",
    "semantic_duplicates": "more varied strategies: evolve, from_docs",
    "rust": "the strategy repair, which gives rustc's message back to the model, and mutate",
    "near_duplicates": "more varied strategies: evolve, from_docs",
}
