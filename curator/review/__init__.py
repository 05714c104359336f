"""Review by people, in Argilla: candidates out, decisions back, and what they come to.

base       the seam: what goes to a server and what comes back   sdk (access), fake   its ends
rubric, recipe, spec   what is asked, and of whom
display, panel, vectors, card   one example as annotators see it
log        the reviews and corrected examples on disk
answers    an answer -> a review, and a corrected example where the text was changed
settle     reviews -> accepted, rejected, corrected, disputed or pending
state      where everything stands   push, pull   the loop
agreement, status   what can be said of the work so far
move       a dataset from one server to another
"""
