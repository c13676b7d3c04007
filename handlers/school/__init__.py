"""The school's address book: a class filled from it, looked at again when it changes, parents told there."""
