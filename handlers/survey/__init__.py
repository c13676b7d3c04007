"""Surveys: several questions to every family in private, results in shares, and satisfaction over terms."""
