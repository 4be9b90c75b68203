#!/bin/sh
# Makes .venv with exactly what a lock file names, by hash; does nothing when it is there already.
# Usage: tools/environment.sh demo|telemetry|dev
set -eu
cd "$(dirname "$0")/.."
want=${1:-demo}
venv=.venv
stamp=$venv/synced

newest() { # the first Python on this machine that is new enough
    for name in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

fingerprint() { # of the lock files, so that a change of either is noticed
    "$venv/bin/python" - <<'PY'
import hashlib
import pathlib
files = [*sorted(pathlib.Path().glob("requirements*.lock")), "tools/uv.lock"]
print(hashlib.sha256(b"".join(pathlib.Path(f).read_bytes() for f in files)).hexdigest()[:20])
PY
}

if ! "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    if ! python=$(newest); then
        echo "Gongzhi needs Python 3.11 or newer; this machine has: $(python3 --version 2>&1 || echo none)." >&2
        echo "共治需要 Python 3.11 或更新的版本。装好后再运行一次；也可以指定：make demo PYTHON=/path/to/python3.12" >&2
        exit 1
    fi
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "$python has no venv module. On Debian or Ubuntu: apt-get install python3-venv" >&2
        echo "这个 Python 缺少 venv 模块。Debian、Ubuntu 请先安装 python3-venv。" >&2
        exit 1
    fi
    echo "Making the environment with $("$python" --version) … 正在创建运行环境 …"
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi

now=$(fingerprint)
have=$(cat "$stamp" 2>/dev/null || true)
# A developer's environment holds everything, and one that traces everything the demo needs.
case "$want $have" in
"$want $want $now" | "$want dev $now" | "demo telemetry $now") exit 0 ;;
esac

lock=requirements.lock
[ "$want" = demo ] || lock=requirements-$want.lock
echo "Installing the packages of $lock … 正在安装依赖（只在第一次或依赖变化时）…"
rm -f "$stamp"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/uv.lock
# Compiled once here, not by every process that starts: that takes seconds where Python may not keep
# what it compiled (PYTHONDONTWRITEBYTECODE, a read-only checkout).
VIRTUAL_ENV=$PWD/$venv "$venv/bin/uv" pip sync --quiet --compile-bytecode --require-hashes "$lock"

# The `gongzhi` command of this checkout: nothing is built, nothing is copied.
cat >"$venv/bin/gongzhi" <<SCRIPT
#!$PWD/$venv/bin/python
import sys

sys.path.insert(0, "$PWD")
from gongzhi.project.cli import main

main()
SCRIPT
chmod +x "$venv/bin/gongzhi"
echo "$want $now" >"$stamp"
