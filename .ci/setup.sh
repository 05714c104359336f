#!/bin/sh
# Makes .venv and everything that it needs; run by make, safe to run again.
# Debian and Ubuntu as root: missing system packages are installed. Elsewhere: one line per missing
# part says what to install. Needs python3 (3.11 or newer) and make, nothing else.
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"
missing=""

say() { printf '%s\n' "setup: $*" >&2; }

can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

apt_updated=""
apt_install() {
    if [ -z "$apt_updated" ]; then apt-get update -qq >&2; apt_updated=yes; fi
    say "installing Debian packages: $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# need PART CHECK DEBIAN_PACKAGES HINT: CHECK is a shell command that succeeds when PART is there.
need() {
    if sh -c "$2" >/dev/null 2>&1; then return; fi
    # shellcheck disable=SC2086
    if can_apt && apt_install $3 && sh -c "$2" >/dev/null 2>&1; then return; fi
    missing="$missing
  $1: $4"
}

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$name"
            return
        fi
    done
}

# The newer of Debian's two compilers: stable releases carry a fresh one as rustc-web.
rustc_package() {
    can_apt || return 0
    if [ -z "$apt_updated" ]; then apt-get update -qq >&2; fi
    candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/ *Candidate: //p' | grep -v none || true; }
    plain=$(candidate rustc) web=$(candidate rustc-web)
    if [ -n "$web" ] && dpkg --compare-versions "$web" gt "${plain:-0}"; then
        echo rustc-web
    else
        echo rustc
    fi
}

# Crates for blocks that use tokio, serde and the like: cargo, and sources on disk, so that building
# them needs no registry. Good to have: whatever fails here, setup goes on.
install_crates() {
    can_apt || return 0
    if ! command -v cargo >/dev/null 2>&1; then
        cargo=cargo
        if dpkg -s rustc-web >/dev/null 2>&1; then cargo=cargo-web; fi
        apt_install --no-remove "$cargo" || { say "no cargo: external crates stay unknown"; return 0; }
    fi
    for name in tokio serde serde_json anyhow thiserror futures rand; do
        ls -d "/usr/share/cargo/registry/$name"-[0-9]* >/dev/null 2>&1 && continue
        apt_install --no-remove librust-tokio+full-dev librust-serde+derive-dev librust-serde-json-dev \
            librust-anyhow-dev librust-thiserror-dev librust-futures-dev librust-rand-dev ||
            say "no packaged crates: cargo will ask its registry"
        return 0
    done
}

# The Rust documentation, which candidates may be drawn from: good to have, like the crates.
install_docs() {
    can_apt || return 0
    for folder in "$(rustc --print sysroot)/share/doc/rust/html" /usr/share/doc/rust*-doc/html; do
        if [ -d "$folder/book" ]; then return 0; fi
    done
    package=rust-doc
    if dpkg -s rustc-web >/dev/null 2>&1; then package=rust-web-doc; fi
    apt_install --no-remove "$package" || say "no Rust documentation: from_docs has nothing to read"
}

# The browser in which tests use the annotation page: good to have, without it they are skipped.
install_chromium() {
    for name in chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null 2>&1; then return 0; fi
    done
    can_apt || return 0
    apt_install --no-remove chromium || say "no chromium: the annotation page is not tested"
}

# OpenBLAS makes training on the processor many times as fast; without it, it still works.
install_blas() {
    [ "$(uname -s)" = Linux ] && can_apt || return 0
    dpkg -s libopenblas0-pthread >/dev/null 2>&1 && return 0
    apt_install --no-remove libopenblas0-pthread || say "no OpenBLAS: training will be slow"
}

install_system() {
    need "C++ compiler" "command -v c++ || command -v g++ || command -v clang++" "g++" \
        "install g++ (Debian: apt install g++; macOS: xcode-select --install)"
    if ! command -v rustc >/dev/null 2>&1; then
        need "rustc" "command -v rustc" "$(rustc_package)" "install Rust with rustup: https://rustup.rs"
    fi
    if [ "$(uname -s)" = Linux ]; then
        need "bubblewrap" "command -v bwrap" "bubblewrap" \
            "install bubblewrap (Debian, Ubuntu: apt install bubblewrap)"
    fi
    need "venv" "$python -c 'import ensurepip, venv'" "python3-venv" \
        "install Python's venv module (Debian, Ubuntu: apt install python3-venv)"
    if [ -n "$missing" ]; then
        say "missing on this machine:$missing"
        exit 1
    fi
    install_crates
    install_docs
    install_blas
    install_chromium
}

# llama.cpp for any x86-64 with AVX2 rather than for this very processor: virtual machines announce
# AMX that they do not let programs use, and a build for it crashes. Apple and ARM keep the default.
llama_flags() {
    case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo "-DLLAVA_BUILD=OFF -DGGML_NATIVE=OFF" ;;
    *) echo "-DLLAVA_BUILD=OFF" ;;
    esac
}

# Built once per version, flags and Python, and kept in the user's cache: pip's own cache does not
# know the flags.
install_llama() {
    pin=$(sed -n '/^llama-cpp-python==/,/^[a-z]/p' requirements/dev.txt | sed '1b;/^[a-z]/d')
    flags=${CMAKE_ARGS:-$(llama_flags)}
    tag=$(.venv/bin/python -c 'import sysconfig, sys; print(sys.implementation.cache_tag, sysconfig.get_platform())')
    key=$(printf '%s' "$pin $flags $tag" | cksum | tr ' ' -)
    cache="${XDG_CACHE_HOME:-$HOME/.cache}/rustsensei-curator/wheels/$key"
    if ! ls "$cache"/*.whl >/dev/null 2>&1; then
        say "building llama-cpp-python ($flags), about 8 minutes on two cores"
        printf '%s\n' "$pin" >.venv/llama.txt
        rm -rf .venv/wheels
        CMAKE_ARGS="$flags" .venv/bin/pip wheel -q --no-cache-dir --no-deps --require-hashes \
            -r .venv/llama.txt -w .venv/wheels >&2
        mkdir -p "$cache"
        cp .venv/wheels/*.whl "$cache/"
    fi
    .venv/bin/pip install -q --no-deps --force-reinstall "$cache"/*.whl >&2
}

python=$(find_python)
if [ -z "$python" ]; then
    say "Python 3.11 or newer is needed (set PYTHON=/path/to/python3.11 if it is not on the path)"
    exit 1
fi
install_system
[ -x .venv/bin/pip ] || "$python" -m venv .venv
install_llama
say "installing the pinned packages"
.venv/bin/pip install -q --require-hashes -r requirements/dev.txt >&2
.venv/bin/pip install -q --no-deps --no-build-isolation -e . >&2
cksum requirements/dev.txt pyproject.toml .ci/setup.sh >.venv/.ready
