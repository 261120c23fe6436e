#!/usr/bin/env bash
# Renews web/openapi.json and the page's types from what the built program serves: after a change of the API.
set -euo pipefail
cd "${BASH_SOURCE[0]%/*}/.."

program=artifacts/bin/Supir.Cli/release/supir
data=$(mktemp -d)
said=$data/said
"$program" serve --port 0 --no-browser --data "$data" >"$said" &
server=$!
trap 'kill "$server"; wait "$server" || true; rm -rf "$data"' EXIT
until address=$(grep -om1 '^http://[0-9.:]*' "$said"); do
  kill -0 "$server"
  sleep 0.2
done
# Where the program listens is no part of the contract.
curl -sf "$address/openapi/v1.json" | node -e '
  const { servers, ...contract } = JSON.parse(require("fs").readFileSync(0, "utf8"));
  process.stdout.write(JSON.stringify(contract, null, 2) + "\n");' >web/openapi.json
cd web
npm run --silent generate
