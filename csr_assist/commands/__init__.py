"""Commands of the live part: what runs and plays calls, what is exported, and what is kept private."""
