#!/bin/sh
# Makes .venv and everything that it needs; run by make, safe to run again. `setup.sh test` adds what
# only the tests need.
# Debian and Ubuntu as root: missing system packages are installed. Elsewhere: one line per missing
# part says what to install. Needs python3 (3.11 or newer) and make, nothing else.
set -eu
cd "$(dirname "$0")/.."
. .ci/lib.sh
export PATH="$PATH:$HOME/.cargo/bin"
logs=.venv/setup
begun_all=$(now)

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$name"
            return
        fi
    done
}

# beside LABEL FUNCTION...: a job in the background, which finish waits for.
background=""
beside() {
    job "$@" &
    background="$background $!"
}

finish() {
    failed=0
    for pid in $background; do wait "$pid" || failed=1; done
    background=""
    return $failed
}

trap 'kill $background 2>/dev/null || true; exit 130' INT TERM

base() {
    job "what the system must have" required compiler rustc sandbox venv
    job "virtual environment" make_venv
    beside "crates' sources, OpenBLAS" optional cargo crates blas
    beside "pinned packages" install_packages requirements/all.txt
    if ! has_llama_wheel; then
        say "llama-cpp-python is built from source: one to four minutes on two cores"
        job "llama-cpp-python, built" build_llama || { finish; exit 1; }
    fi
    finish
    job "llama-cpp-python" install_llama
    for part in $(lacking cargo crates blas); do say "$(without "$part")"; done
    cksum requirements/all.txt pyproject.toml .ci/*.* >.venv/.ready
}

tests() {
    parts="browser docs bsd shellcheck"
    # shellcheck disable=SC2086
    beside "browser, documentation" optional $parts
    beside "packages of the tests" install_packages requirements/dev.txt
    finish
    # shellcheck disable=SC2086
    for part in $(lacking $parts); do say "$(without "$part")"; done
    cksum requirements/dev.txt >.venv/.ready-test
}

python=$(find_python)
if [ -z "$python" ]; then
    say "Python 3.11 or newer is needed (set PYTHON=/path/to/python3.11 if it is not on the path)"
    exit 1
fi
export python
mkdir -p "$logs"
case ${1:-} in
test) tests ;;
*) base ;;
esac
say "ready after $(($(now) - begun_all)) s"
