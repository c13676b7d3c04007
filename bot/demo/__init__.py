"""The playground: a class of our own making behind a page on this machine; its clock can be turned."""
