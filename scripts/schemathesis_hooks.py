"""Teaches schemathesis the one body of ours it does not know: readings, one JSON object a line."""
import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(ctx, value):
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")
