"""What leaves or is kept of a conversation: personal data is masked before anything reads or stores it."""
