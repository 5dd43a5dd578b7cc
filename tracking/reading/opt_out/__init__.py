"""Somebody wants no more mail, and says so in words of their own.

What is looked for are wishes (`dutch`, `english`, `german`, `french`), one sentence at a time;
`context` then asks whether the writer means it, of whom, and whether nothing speaks against it.
"""

from tracking.reading.opt_out.judging import opt_out_in
from tracking.reading.opt_out.verdict import OptOut

__all__ = ["OptOut", "opt_out_in"]
