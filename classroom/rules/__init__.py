"""Judgement: pure functions from text and context to a verdict with reasons."""
