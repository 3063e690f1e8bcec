"""Test vectors on disk: npy, csv and a C header, with a harness that prints what a runtime gives.

Floor 4.
"""

from rnnstep.vectorfiles.folder import write_vectors
from rnnstep.vectorfiles.header import c_header

__all__ = ["c_header", "write_vectors"]
