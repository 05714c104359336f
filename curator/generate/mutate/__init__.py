"""Compiler-grounded examples: verified code, a learner's error, what rustc says, the true fix."""
