"""What every other package may use: errors, files that survive a kill, settings, seeds."""
