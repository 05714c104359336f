"""Make examples that rustc vouches for: verified code, a learner's error, its message, the fix."""
