"""What schemathesis cannot make up of a schema: it is left out of requests that must be accepted."""

import schemathesis

# Moments and cursors of a log, names of time zones.
ONLY_THE_SERVER_KNOWS = ("as_of", "after", "time_zone")
# An answer that is one value holds so many; one in lines has no limit.
LONGEST_PAGE = 10_000


@schemathesis.hook
def before_call(context, case, **kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive or not case.query:
        return
    for name in ONLY_THE_SERVER_KNOWS:
        case.query.pop(name, None)
    limit = str(case.query.get("limit", ""))
    if limit.isdecimal() and int(limit) > LONGEST_PAGE:
        case.query["limit"] = LONGEST_PAGE
    # Needs a header that only an append answers with.
    if case.query.get("consistency") == "read-your-writes":
        case.query["consistency"] = "latest"
