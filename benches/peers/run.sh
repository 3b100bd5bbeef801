#!/bin/sh
# Builds and installs the peers under build/ (git-ignored), checks them against the
# oracles, prints the tables and writes them into BENCHMARKS.md and docs/benchmarks.svg.
# Arguments go to measure.py (parts to run).
# ROWS (1000000) sizes the bulk files, ROUNDS (5) the repeats, SKIP="zen cedar" leaves
# Rust peers out (of regorus, cedar, cel, zen, lemma). ONLY="ereje; ereje batch" measures
# these again and keeps what is known of the others. PEERS_TARGET puts what Rust builds
# elsewhere than build/target.
# The first build is long: zen-engine alone brings several hundred crates.
set -eu
cd "$(dirname "$0")"
mkdir -p build/node
if [ ! -x build/venv/bin/python ]; then
  python3 -m venv build/venv
  build/venv/bin/pip install -q -r py/requirements.txt
fi
cp node/package.json node/json_rules_peer.mjs build/node/
[ -d build/node/node_modules ] || (cd build/node && npm install --silent)
features=ereje,limits
for peer in regorus cedar cel zen lemma; do
  case " ${SKIP:-} " in *" $peer "*) ;; *) features="$features,$peer" ;; esac
done
target="${PEERS_TARGET:-$PWD/build/target}"
export PEERS_BIN="$target/release"
CARGO_TARGET_DIR="$target" cargo build -q --release --manifest-path rust/Cargo.toml \
  --no-default-features --features "$features"
CARGO_TARGET_DIR="$target" cargo build -q --release --manifest-path ../../Cargo.toml --bin ereje
build/venv/bin/python measure.py "$@"
exec build/venv/bin/python report.py
