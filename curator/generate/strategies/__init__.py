"""Make candidates: one file per strategy, with its prompts in prompts/."""
