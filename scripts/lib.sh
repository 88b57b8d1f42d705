# shellcheck shell=bash disable=SC2034
# What the scripts share: sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Debian packages that a build needs, and those that the tests need beside them.
build_packages=(
    ca-certificates curl libcurl4-openssl-dev libjpeg-dev libsqlite3-dev libssl-dev libvips-dev libxml2-dev libxxhash-dev
    pkg-config
)
test_packages=(
    attr e2fsprogs ffmpeg file fuse gcc libc6-dev libvips-tools openssl procps rclone restic s3cmd s3fs shellcheck
    xfsprogs zstd
)
python_packages=(
    awscli awscrt boto3 'django-storages[s3]' imgproxy minio 'moto[server]' pillow pyarrow pyimgproxy pytest pytest-timeout
    pytest-xdist requests standardwebhooks
)
# They pin versions of botocore that are too old for the others, so they have an environment of their own.
async_python_packages=(aioboto3 s3fs)

# A backtrace of a crash can take minutes and keeps the listening socket open meanwhile.
export SWIFT_BACKTRACE=${SWIFT_BACKTRACE:-enable=no}

say() { printf '==> %s\n' "$*" >&2; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Installs those of the named Debian packages that are missing; without root says how, and ends.
install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || fail "this is not Debian; install what corresponds to: ${missing[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        fail "packages are missing; as root run: apt-get update && apt-get install -y ${missing[*]}"
    fi
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && return 0
    apt-get update -qq || fail "apt-get update failed; is there a network?"
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        fail "apt-get could not install: ${missing[*]}"
}

# Ends unless a Swift 6.3 or later is on the path.
require_swift() {
    local version
    command -v swift >/dev/null ||
        fail "swift is not on the PATH; Larder needs Swift 6.3 or later: https://www.swift.org/install/linux/"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    [ -n "$version" ] || fail "'swift --version' does not name a version; is the toolchain whole?"
    [ "$(printf '6.3\n%s\n' "$version" | sort -V | head -n 1)" = 6.3 ] ||
        fail "Swift $version is on the PATH; Larder needs 6.3 or later: https://www.swift.org/install/linux/"
}

# Makes a virtual environment with these packages from PyPI, unless it has them; arguments: its folder, then packages.
make_environment() {
    local folder=$1 wanted
    shift
    wanted=$(printf '%s\n' "$@")
    if [ -x "$folder/bin/python" ] && [ "$(cat "$folder/larder-packages" 2>/dev/null)" = "$wanted" ]; then return 0; fi
    command -v python3 >/dev/null || install_packages python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
    say "installing $* from PyPI into ${folder##*/}"
    python3 -m venv "$folder" || fail "python3 could not make ${folder##*/}"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@" || return 1
    printf '%s\n' "$wanted" >"$folder/larder-packages"
}

# Makes the environments with what the black-box tests import, and sets `python` to the interpreter of the first.
prepare_python() {
    python=$root/.venv/bin/python
    make_environment "$root/.venv" "${python_packages[@]}" ||
        fail "pip could not install the clients that the tests use; is there a network?"
    make_environment "$root/.venv-async" "${async_python_packages[@]}" ||
        say "pip could not install ${async_python_packages[*]}; their tests are skipped"
}
