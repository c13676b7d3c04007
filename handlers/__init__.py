"""One file per feature; FEATURES (handlers/features.py) lists them explicitly, no discovery by magic."""
