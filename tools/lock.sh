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
compile pyproject.toml --extra postgres --output-file requirements.lock "${@}"
compile pyproject.toml --extra postgres --group dev --output-file requirements-dev.lock "${@}"
