"""People as judges of models: two answers to one question, and which one a learner should get.

record    a duel, what people chose, and the files of both
pairs     which answers of two arms meet
exchange  out to Argilla, and back
outcome   who wins, how surely, by topic; agreement; who chose how many
pairs of preferences for training are in preferences
"""
