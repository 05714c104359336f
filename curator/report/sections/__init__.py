"""The data of a report as sections, in the order of the seed document."""
