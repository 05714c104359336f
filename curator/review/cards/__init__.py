"""What annotators see of a candidate: the card, the panel of findings, likeness."""
