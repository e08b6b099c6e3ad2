#!/usr/bin/env bash
# A newcomer's first ten minutes: build, start a made-up vendor, export its survey responses, draw their NPS by week.
#
#   client/examples/first-ten-minutes.sh [FOLDER]
set -euo pipefail
folder=
# A folder that is named is one seen from where the caller stands.
if [ $# -gt 0 ]; then
  mkdir -p "$1"
  folder=$(cd "$1" && pwd)
fi
cd "$(dirname "$0")/../.."
folder=${folder:-${CARGO_TARGET_DIR:-target}/first-ten-minutes}
built=${CARGO_TARGET_DIR:-target}/debug

show() {
  echo "\$ $*"
  "$@"
}

show cargo build --quiet --workspace --all-features --bin cx --example made_up_vendor --example weekly_nps

# The vendor prints its address once it listens; reading waits for that line, and fails if the vendor ends before.
mkdir -p "$folder"
scratch=$(mktemp -d)
vendor=
trap '[ -z "$vendor" ] || kill "$vendor" 2>/dev/null || true; rm -rf "$scratch"' EXIT
mkfifo "$scratch/address"
echo "\$ $built/examples/made_up_vendor &"
"$built/examples/made_up_vendor" >"$scratch/address" 2>"$scratch/log" &
vendor=$!
read -r url <"$scratch/address" || { cat "$scratch/log" >&2; exit 1; }

# Those of a real account go before these, and are none of a made-up vendor's business.
unset CX_TOKEN CX_REFRESH_TOKEN CX_USERNAME CX_PASSWORD CX_ACCOUNT_TOKEN
export CX_CLIENT_ID=mock-client CX_CLIENT_SECRET=mock-secret
show "$built/cx" wootric list-responses --base-url "$url" --per-page 3 --output table
show "$built/cx" wootric export list-responses --base-url "$url" --out "$folder/responses.ndjson"
show "$built/examples/weekly_nps" "$folder/nps-by-week.svg" "$folder/responses.ndjson"
echo "Open $folder/nps-by-week.svg in a browser."
