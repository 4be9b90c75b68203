#!/bin/sh
# Resolves the dependencies anew. The lock files name versions and hashes, but no place to get them
# from, so that they work wherever the packages are mirrored (docs/adr/0006).
set -eu
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
compile() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header "$@"
}
version=$("$uv" --version | cut -d' ' -f2)
echo "uv==$version" | compile - --output-file tools/uv.lock
# What runs decides; what tests it and what traces it take the same versions of the same packages.
compile pyproject.toml --extra postgres --output-file requirements.lock "${@}"
more() {
    compile pyproject.toml --extra postgres --extra telemetry --constraint requirements.lock "$@"
}
more --output-file requirements-telemetry.lock "${@}"
more --group dev --constraint requirements-telemetry.lock --output-file requirements-dev.lock "${@}"
