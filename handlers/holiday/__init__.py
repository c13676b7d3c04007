"""Holidays that announce themselves: the class's calendar, drafts of notices, reminders, greetings."""
