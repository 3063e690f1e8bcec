"""Searches: for the timesteps where something holds, and for what has a name.

Floor 3. A search for timesteps looks at the run as breakpoints do, chunk by chunk, each once; it
can be given up between two of its reports.
"""
