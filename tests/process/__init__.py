"""The real program as a process of its own, against the Bot API stand-in over HTTP."""
