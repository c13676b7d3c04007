"""`homeroom doctor`: looks at all that a class depends on, says what to do, and changes nothing."""

from bot.doctor.examination import examine, examine_live, exit_code, worst

__all__ = ["examine", "examine_live", "exit_code", "worst"]
