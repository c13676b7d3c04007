"""Appointments: a teacher offers times, each family takes one, and nobody sees who has which."""
