"""The commands: they parse options, call one function and show its result."""
