"""What a user can say: one table of actions, which keys, palette, command line and scripts read.

Floor 5. An action is a row beside the code that does it; it needs no screen unless it is about
the screen alone.
"""
