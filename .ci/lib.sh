# shellcheck shell=sh disable=SC2154  # $python and $logs are setup.sh's
# Functions of .ci/setup.sh, for any POSIX sh with the tools of Linux, macOS or the BSDs: no GNU-only
# options, and no sed, whose dialects differ most. Sourcing this runs nothing.

say() { printf '%s\n' "setup: $*" >&2; }

# Requirements: "NAME==VERSION \" and lines of "    --hash=..." under it.

# pin_of NAME FILE: NAME's line and its hashes.
pin_of() {
    awk -v name="$1" '/^[a-z]/ { ours = index($0, name "==") == 1 } ours' "$2"
}

# all_but NAME FILE: every other requirement of FILE.
all_but() {
    awk -v name="$1" '/^[a-z]/ { ours = index($0, name "==") == 1 } !ours' "$2"
}

# Jobs

# now: seconds since the epoch.
now() { date +%s; }

# job LABEL FUNCTION [ARGUMENT...]: run it with whatever it and its children print in a log. One line
# says how long it took, or that it failed, with the end of the log. A child shell runs it, since in
# a function that is part of a condition, set -e is without effect.
job() {
    label=$1
    log=$logs/$2.log
    shift
    begun=$(now)
    if sh -euc '. .ci/lib.sh; "$@"' sh "$@" >"$log" 2>&1 </dev/null; then
        say "$label: $(($(now) - begun)) s"
        return
    fi
    say "$label failed; the last lines of $log:"
    tail -n 15 "$log" | awk '{ print "    " $0 }' >&2
    return 1
}

# What the system has

can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

# has PART: whether a part that has no package on an index is there.
has() {
    case $1 in
    compiler) command -v c++ || command -v g++ || command -v clang++ ;;
    rustc) command -v rustc ;;
    sandbox) [ "$(uname -s)" != Linux ] || command -v bwrap ;;
    venv) "$python" -c 'import ensurepip, venv' ;;
    cargo) command -v cargo ;;
    crates) all_crates ;;
    blas) [ "$(uname -s)" != Linux ] || dpkg -s libopenblas0-pthread || ldconfig -p | grep libopenblas ;;
    docs) has_docs ;;
    browser) command -v chromium || command -v chromium-browser || command -v google-chrome ;;
    bsd) [ "$(uname -s)" != Linux ] || [ -x /usr/lib/plan9/bin/sed ] ;;
    shellcheck) command -v shellcheck ;;
    esac >/dev/null 2>&1
}

# Only Debian packages crates: elsewhere none is lacking.
all_crates() {
    can_apt || return 0
    for name in tokio serde serde_json anyhow thiserror futures rand; do
        ls -d "/usr/share/cargo/registry/$name"-[0-9]* || return 1
    done
}

has_docs() {
    for folder in "$(rustc --print sysroot)/share/doc/rust/html" /usr/share/doc/rust*-doc/html; do
        if [ -d "$folder/book" ]; then return 0; fi
    done
    return 1
}

# packages_of PART: the Debian packages that bring it.
packages_of() {
    case $1 in
    compiler) echo g++ ;;
    rustc) rust_package rustc ;;
    sandbox) echo bubblewrap ;;
    venv) echo python3-venv ;;
    cargo) rust_package cargo ;;
    crates)
        echo librust-tokio+full-dev librust-serde+derive-dev librust-serde-json-dev librust-anyhow-dev \
            librust-thiserror-dev librust-futures-dev librust-rand-dev
        ;;
    blas) echo libopenblas0-pthread ;;
    docs) rust_package rust-doc ;;
    browser) echo chromium ;;
    bsd) echo 9base ;;
    shellcheck) echo shellcheck ;;
    esac
}

# without PART: what is lost where it stays missing.
without() {
    case $1 in
    compiler) echo "C++ compiler: install g++ (Debian: apt install g++; macOS: xcode-select --install)" ;;
    rustc) echo "rustc: install Rust with rustup: https://rustup.rs" ;;
    sandbox) echo "bubblewrap: install it (Debian, Ubuntu: apt install bubblewrap)" ;;
    venv) echo "venv: install Python's venv module (Debian, Ubuntu: apt install python3-venv)" ;;
    cargo) echo "no cargo: external crates stay unknown" ;;
    crates) echo "no packaged crates: cargo will ask its registry" ;;
    blas) echo "no OpenBLAS: training will be slow" ;;
    docs) echo "no Rust documentation: from_docs has nothing to read" ;;
    browser) echo "no chromium: the annotation page is not tested" ;;
    bsd) echo "no sed and awk that are not GNU's: set-up is not tested with them" ;;
    shellcheck) echo "no shellcheck: our shell scripts are not checked" ;;
    esac
}

# rust_package rustc|cargo|rust-doc: Debian's name for it. Stable releases carry a fresh compiler as
# rustc-web; all parts are taken from the family whose rustc is there, or else is newer.
rust_package() {
    web=$(candidate rustc-web)
    if dpkg -s rustc-web >/dev/null 2>&1; then family=-web
    elif dpkg -s rustc >/dev/null 2>&1 || [ -z "$web" ]; then family=
    elif dpkg --compare-versions "$web" gt "$(candidate rustc)"; then family=-web
    else family=; fi
    case $1$family in
    rust-doc-web) echo rust-web-doc ;;
    *) echo "$1$family" ;;
    esac
}

# candidate PACKAGE: the version that apt would install, 0 or nothing where it has none.
candidate() {
    apt-cache policy "$1" | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

# lacking PART...: those that are not there.
lacking() {
    for part in "$@"; do has "$part" || printf '%s ' "$part"; done
}

# apt_install OPTIONS PART...: install the parts' packages, in one go.
apt_install() {
    options=$1
    shift
    packages=$(for part in "$@"; do packages_of "$part"; done)
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y $options --no-install-recommends $packages
}

# The jobs of setup.sh

# required PART...: what nothing works without; fails with a line per part that is still missing.
required() {
    wanted=$(lacking "$@")
    [ -n "$wanted" ] || return 0
    if can_apt; then
        apt-get update || true
        # shellcheck disable=SC2086
        apt_install "" $wanted || true
    fi
    # shellcheck disable=SC2086
    wanted=$(lacking $wanted)
    [ -n "$wanted" ] || return 0
    echo "missing on this machine:"
    for part in $wanted; do echo "  $(without "$part")"; done
    return 1
}

# optional PART...: what is good to have. All at once, then each for itself: whatever fails, set-up
# goes on; `setup.sh` says what is still missing.
optional() {
    wanted=$(lacking "$@")
    if [ -z "$wanted" ] || ! can_apt; then return 0; fi
    [ -n "$(candidate g++)" ] || apt-get update || true
    # shellcheck disable=SC2086
    apt_install --no-remove $wanted && return 0
    for part in $wanted; do apt_install --no-remove "$part" || true; done
}

make_venv() {
    [ -x .venv/bin/pip ] || "$python" -m venv .venv
    [ -x .venv/bin/uv ] || {
        pin_of uv requirements/all.txt >.venv/uv.txt
        .venv/bin/pip install --no-deps --require-hashes -r .venv/uv.txt
    }
}

# uv, told of the index and the certificates that pip is told of.
uv() {
    if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
        index=$(.venv/bin/pip config get global.index-url 2>/dev/null || true)
        index=${PIP_INDEX_URL:-$index}
        [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
    fi
    [ -z "${PIP_CERT:-}" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$PIP_CERT}"
    .venv/bin/uv --no-progress "$@"
}

# install_packages FILE: the pinned packages of FILE but llama-cpp-python, and the checkout. What must
# be built is built with what requirements/build.txt pins.
install_packages() {
    all_but llama-cpp-python "$1" >.venv/packages.txt
    uv pip install --python .venv/bin/python --no-deps --require-hashes \
        --build-constraints requirements/build.txt -r .venv/packages.txt
    uv pip install --python .venv/bin/python --no-deps \
        --build-constraints requirements/build.txt -e .
}

# llama.cpp for any x86-64 with AVX2 rather than for this very processor: virtual machines announce
# AMX that they do not let programs use, and a build for it crashes. Apple and ARM keep the default.
llama_flags() {
    case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo "-DLLAVA_BUILD=OFF -DGGML_NATIVE=OFF" ;;
    *) echo "-DLLAVA_BUILD=OFF" ;;
    esac
}

# The folder of the wheel: one per version, flags and Python, in the user's cache. pip's own cache
# and uv's do not know the flags.
llama_cache() {
    tag=$(.venv/bin/python -c 'import sysconfig, sys; print(sys.implementation.cache_tag, sysconfig.get_platform())')
    key=$(printf '%s' "$(pin_of llama-cpp-python requirements/all.txt) ${CMAKE_ARGS:-$(llama_flags)} $tag" |
        cksum | tr ' ' -)
    echo "${XDG_CACHE_HOME:-$HOME/.cache}/rustsensei-curator/wheels/$key"
}

has_llama_wheel() { ls "$(llama_cache)"/*.whl >/dev/null 2>&1; }

# Half of llama.cpp is a library of its command-line tools, which Python does not use and whose build
# llama-cpp-python insists on: .ci/llama.cmake takes it out.
build_llama() {
    cache=$(llama_cache)
    rm -rf .venv/builder .venv/wheels
    uv venv --python .venv/bin/python .venv/builder
    uv pip install --python .venv/builder/bin/python --no-deps --require-hashes -r requirements/build.txt
    pin_of llama-cpp-python requirements/all.txt >.venv/llama.txt
    CMAKE_ARGS="${CMAKE_ARGS:-$(llama_flags)} '-DCMAKE_PROJECT_llama.cpp_INCLUDE=$PWD/.ci/llama.cmake'" \
        PATH="$PWD/.venv/builder/bin:$PATH" \
        .venv/builder/bin/python -m pip wheel --no-cache-dir --no-deps --no-build-isolation \
        --require-hashes -r .venv/llama.txt -w .venv/wheels
    mkdir -p "$cache"
    cp .venv/wheels/*.whl "$cache/"
    rm -rf .venv/builder .venv/wheels
}

install_llama() {
    uv pip install --python .venv/bin/python --no-deps --reinstall-package llama-cpp-python \
        "$(llama_cache)"/*.whl
}
