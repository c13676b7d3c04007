"""When things happen: reading times, hours, calendars (pure), and the clock that wakes (APScheduler)."""
