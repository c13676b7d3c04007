"""Tables, sealed columns, queries by subject, the queue of events and deliveries; nobody else writes SQL."""
