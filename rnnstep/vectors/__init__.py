"""Test vectors for another runtime: what to feed it, what it should give, what it gave.

Floor 3. Each vector is small enough to tell by its failure alone what is wrong.
"""

from rnnstep.vectors.cases import SEED, Proposal, proposals
from rnnstep.vectors.entry import Entry, entry_of
from rnnstep.vectors.judging import Judgement, Verdict, judge
from rnnstep.vectors.making import make_vectors
from rnnstep.vectors.manifest import MANIFEST, as_manifest, is_vectors, read_vectors
from rnnstep.vectors.one_hot import one_hot
from rnnstep.vectors.results import Results, read_results
from rnnstep.vectors.vector import Carried, Vector, Vectors

__all__ = [
    "MANIFEST",
    "SEED",
    "Carried",
    "Entry",
    "Judgement",
    "Proposal",
    "Results",
    "Vector",
    "Vectors",
    "Verdict",
    "as_manifest",
    "entry_of",
    "is_vectors",
    "judge",
    "make_vectors",
    "one_hot",
    "proposals",
    "read_results",
    "read_vectors",
]
