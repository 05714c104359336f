"""Where a project stands and what to do next; what the machine has installed."""
