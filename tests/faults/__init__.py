"""Faults injected into the real stack while it sends, and what must hold all the same.

`python -m tests.faults`, or `make faults`; docs/reliability.md has the plan and the figures.
"""
