"""Rosters as spreadsheet files: bytes in, plain values out, and back; no I/O of its own."""
