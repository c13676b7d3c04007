"""The judge of topics, measured and made."""
