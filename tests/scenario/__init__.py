"""Scenarios in the users' words."""
