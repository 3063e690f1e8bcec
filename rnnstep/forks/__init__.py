"""What-if: edits of a run, the tree of the forks that they make, and how far a fork differs.

Floor 3. An edit is a text that can be repeated; it changes no run, but makes another one.
"""
