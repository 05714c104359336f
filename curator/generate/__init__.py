"""From what is missing to candidates.

request    one candidate to be made                planner    needs and yields -> picks
strategy   the contract of a way to make them      yields     what strategies have brought so far
few_shot, mutated, evolve, from_docs, repair       the strategies; shelf makes them
prompting, grammar   conversations for a model, and the shape of what it writes
mutate/    compiler-grounded mutants
waves      the loop of a batch                     batch      its folder
forecast   what the next batch would make
"""
