"""Everything a user reads, in Chinese and in English; where a text may go is where its file lies."""
