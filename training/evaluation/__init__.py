"""Evaluation: prompts -> responses of an arm -> scores -> an honest comparison of two arms.

prompts   what is asked                    records   what is kept of an arm, and its digests
respond   a model writes                   seed, scoring   what an answer is worth
compare   is the difference one?           folder    where all of it lies
"""
