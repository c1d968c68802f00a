#!/usr/bin/env bash
# Runs the official conformance suite of the OCI distribution specification
# against a freshly started artifact store, with all of its tests switched on
# that the store means to pass, and prints the suite's table.
#
#   plugins/ml-backend/scripts/conformance.sh [folder for the full report]
#
# Needs Go 1.24 or newer, and the dependencies of this repository installed.
set -euo pipefail

SUITE=github.com/opencontainers/distribution-spec/conformance@v0.0.0-20260831232431-97274622c111
TOKEN=conformance-token-that-may-do-everything

command -v go >/dev/null || {
  echo 'The conformance suite is a Go program: install Go 1.24 or newer (https://go.dev/dl), then run this again.' >&2
  exit 2
}
report=$(realpath -m "${1:-$(mktemp -d)/report}")
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

GOBIN="$work" go install "$SUITE"

port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
mkdir "$work/artifacts"
cat >"$work/app-config.json" <<JSON
{
  "backend": {
    "baseUrl": "http://127.0.0.1:$port",
    "listen": { "host": "127.0.0.1", "port": $port },
    "database": {
      "client": "better-sqlite3",
      "connection": { "directory": "$work/database" }
    },
    "auth": {
      "externalAccess": [
        {
          "type": "static",
          "options": { "token": "$TOKEN", "subject": "conformance" }
        }
      ]
    }
  },
  "store": { "directory": "$work/artifacts" }
}
JSON
NODE_ENV=production node --no-node-snapshot \
  --require "$(node -p 'require.resolve("@backstage/cli/config/nodeTransform.cjs")')" \
  src/artifacts/__testUtils__/storeServer.ts --config "$work/app-config.json" \
  >"$work/server.log" 2>&1 &
server=$!

deadline=$((SECONDS + 60))
until curl --silent --fail --output /dev/null --user "me:$TOKEN" "http://127.0.0.1:$port/v2/"; do
  if ((SECONDS > deadline)) || ! kill -0 "$server" 2>/dev/null; then
    echo 'The artifact store did not start. Its log:' >&2
    cat "$work/server.log" >&2
    exit 1
  fi
  sleep 0.2
done

# "1.1+dev" switches on the optional parts of the specification: cancelled
# uploads, digest headers, tag parameters. Sparse manifests stay off: the store
# refuses manifests whose blobs are not there.
OCI_VERSION=1.1+dev OCI_TLS=disabled OCI_REGISTRY="127.0.0.1:$port" \
  OCI_USERNAME=me OCI_PASSWORD="$TOKEN" OCI_RESULTS_DIR="$report" \
  "$work/conformance"
echo "Full report: $report/report.html"
