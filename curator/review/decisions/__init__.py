"""What people decided: the log, settling, agreement, pace and status."""
