"""Review by people, in Argilla: push candidates out, pull decisions back, settle them.

recipe     where annotators work, how many of them, and when they have decided
push, pull, answers   the loop: candidates out, answers back as reviews and corrected examples
cards/     one example as annotators see it: markup, highlight, listing, prose, change, panel,
           vectors, card; display for Markdown that is read elsewhere
decisions/ rubric, the log on disk, settle (accepted, rejected, corrected, disputed or pending),
           state (where everything stands), agreement, pace and status
argilla/   the seam (base) and its ends (sdk with access, fake); spec, fields and settings of the
           datasets; move, from one server to another; server/ and engine/, the embedded Argilla
"""
