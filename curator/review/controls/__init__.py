"""Known answers mixed in with what people read: whether they notice, and what they refuse.

falsehoods  one false statement in a text: an error code, an output, what a change would do
plant       make such texts, each refuted by rustc or by its run where the original holds
record      a control as it is kept, and the log of them
sheet, readings   blind readings outside Argilla: a sheet and its key, decisions and their counts
"""
