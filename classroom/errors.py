"""One tree of errors, so that every refusal can be told from a fault."""


class HomeroomError(Exception):
    """Anything that Homeroom itself refuses or finds wrong."""


class LeakError(HomeroomError):
    """Private text was about to take a public way; raised before anything leaves."""


class ConfigError(HomeroomError):
    """The configuration cannot be used; the message names key, file and cure."""


class DatabaseError(HomeroomError):
    """The database cannot be used as it is (newer than the program, wrong key)."""
