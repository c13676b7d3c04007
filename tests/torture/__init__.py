"""Nothing lost: the real program under faults of every kind, and what must be true after each.

It stands in tests/ because it is built of what the tests have (the process runner, the strict Bot API
stand-in, PostgreSQL) and is type-checked with them. `make torture` runs it at length, test_short.py shortly.
"""
