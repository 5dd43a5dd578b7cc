"""`Idempotency-Key` on POST: a client that never saw the answer may ask again safely.

The first request with a key runs; its answer is stored and given again to every later
request with the same key and content. A key is remembered for 24 hours.
"""
