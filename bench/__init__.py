"""What Homeroom claims about speed, measured by anyone: `make bench`."""
