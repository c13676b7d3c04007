"""接龙: a class signs up, line by line, with places, a waiting list and a word before the day."""
