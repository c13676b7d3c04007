"""The ground that all other rooms stand on: pure values and judgement, no I/O."""
