#!/usr/bin/env bash
# Appends events, asks about them, and follows the log, with curl alone: `examples/http/curl.sh`.
# Needs `npx experience-log serve` in another terminal. Where the server asks for a key, set EXPERIENCE_LOG_KEY.
set -euo pipefail

url=${EXPERIENCE_LOG_URL:-http://127.0.0.1:7070}

# The key goes to curl by a file that is none: on the command line other users of this machine would see it.
ask() {
  curl --silent --show-error --fail-with-body --retry 5 --config <(
    if [ -n "${EXPERIENCE_LOG_KEY:-}" ]; then echo "header = \"Authorization: Bearer $EXPERIENCE_LOG_KEY\""; fi
  ) "$@"
}

# One event a line. The same event again counts once: curl may send it again (--retry).
ask "$url/v1/events" -H 'Content-Type: application/x-ndjson' --data-binary @- <<'EVENTS'
{"event_id":"curl-1","occurred_at":"2026-04-23T09:14:07Z","tenant_id":"acme","event":{"type":"OutcomeRecorded","data":{"chain_id":"chain-curl","step":"Planning","passed":true,"latency_ms":812,"tokens":1450,"cost_microdollars":5300,"backend":"local"}}}
{"event_id":"curl-2","occurred_at":"2026-04-23T09:14:09Z","tenant_id":"acme","event":{"type":"BudgetExceeded","data":{"chain_id":"chain-curl","resource":"Tokens","limit":"1000","observed":"1450"}}}
EVENTS

# A page of events; with `Accept: application/x-ndjson` all of them, one a line, and last a line that counts them.
ask --get "$url/v1/events" -d tenant_id=acme -d chain_id=chain-curl -d limit=10
ask --get "$url/v1/events" -d tenant_id=acme -d chain_id=chain-curl -H 'Accept: application/x-ndjson'

# What it cost.
ask --get "$url/v1/analytics/chains" -d tenant_id=acme -d limit=3

# The log, live, as server-sent events, from its beginning; it never ends, so after the second event nobody reads on.
{ ask --get --no-buffer "$url/v1/tail" -d tenant_id=acme -d from=beginning 2>/dev/null || [ $? = 23 ]; } |
  grep --max-count=2 '^event: '
