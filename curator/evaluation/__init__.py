"""Evaluate models: prompts -> responses of an arm -> scores -> an honest comparison of two arms.

prompts   what is asked                    records   what is kept of an arm, and its digests
recipe, models   which arms there are      asking, passages   a prompt as a conversation
respond, mlx_*   a model writes            recorded  or answers come in a file
answering   waves, which resume anywhere     job, evaluate, arms   one arm, several
stale     what changed since               result   what is shown of all this
seed      the seed document's metrics      metrics, grounded   ours
judging   what rustc says of the code      scoring   responses -> scores
summary   means by group                   leaks     prompts that a training set has seen
compare   is the difference one?           paired    the statistics of that
comparable   are these two arms at all?
folder    where all of it lies
"""
