"""The same network in another arithmetic, beside the exact one: rounded, clipped, from tables.

Floor 3. A shadow is a description; applied to a model it gives another model, whose equations say
what is done otherwise, and which runs as any model does.
"""

from rnnstep.shadow.calibration import Span, Spans, observe, observing, with_ranges
from rnnstep.shadow.clipping import Clipping, clippings
from rnnstep.shadow.description import Shadow
from rnnstep.shadow.formats import FORMATS, Format
from rnnstep.shadow.rewriting import shadow_model, steps_of
from rnnstep.shadow.running import root_of, shadow_reference, shadow_trace
from rnnstep.shadow.study import ATOL, Study

__all__ = [
    "ATOL",
    "FORMATS",
    "Clipping",
    "Format",
    "Shadow",
    "Span",
    "Spans",
    "Study",
    "clippings",
    "observe",
    "observing",
    "root_of",
    "shadow_model",
    "shadow_reference",
    "shadow_trace",
    "steps_of",
    "with_ranges",
]
