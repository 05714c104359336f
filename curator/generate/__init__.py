"""Make candidates for what the dataset lacks.

request      one candidate to be made              recipe      pipelines/augment.yaml
planner      needs and yields -> picks             yields      what strategies have brought so far
strategies/  one file for each way to make them    mutate/     learners' errors, proven by rustc
prompting    conversations for a model             grammar     the form of what it writes
runner       the loop of a batch                   batch       its folder
forecast     what the next batch would make
"""
