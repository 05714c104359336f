"""From what is missing to candidates: plan, prompts, batches.

plan       deficits -> requests (which cell and category, with which seed)
few_shot   a request -> the messages for the model, and the model's text -> an example
batch      a folder that holds plan, candidates, verdicts and manifest, and resumes
"""
