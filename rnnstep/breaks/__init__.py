"""Breakpoints: when a run is to stop, and how the timesteps at which it does are found.

Floor 3. A condition is an expression, perhaps with a rule behind it (``changes sign``); the
timesteps at which it holds are found chunk by chunk, each chunk once.
"""
