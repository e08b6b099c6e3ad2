#!/usr/bin/env bash
# Tests each program by itself: together, the features that they ask of the client would unite.
set -euo pipefail
cd "$(dirname "$0")"
for manifest in */Cargo.toml; do
  cargo test --quiet --locked --manifest-path "$manifest" --target-dir "${CARGO_TARGET_DIR:-../../target}"
done
