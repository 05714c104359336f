"""Everything French: the tables of wording, numbers and dates, cues in prose, typography."""
