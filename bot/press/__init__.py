"""What sets drawings, in a process of its own: it is large, and ends when nobody wants a picture any more."""
