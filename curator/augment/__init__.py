"""A batch from plan to hand-over: read the inputs, generate, filter, report."""
