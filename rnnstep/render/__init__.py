"""Pure drawing: data in, rows of styled text out. Knows rich, and nothing of a running screen.

Floor 4.
"""
