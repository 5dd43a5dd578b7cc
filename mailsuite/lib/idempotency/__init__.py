"""`Idempotency-Key` on POST: a client that never saw the answer may ask again safely.

The first request with a key runs in one transaction, which also stores its answer: after a crash
both are there or neither. Every later request with the same key and content gets that answer. What
was refused changed nothing (but for the record that a refusal may keep of itself) and is not
remembered, so it may be mended and sent again under the same key. A key is remembered for 24 hours.
"""
