# shellcheck shell=bash
# Shared by the scripts beside it and by .ci/run; sourced, never run.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
# Everything the scripts install or start for this clone alone; ignored by git, removed by `make distclean`.
LOCAL="$ROOT/.local"
TARGET="${CARGO_TARGET_DIR:-$ROOT/target}"
export ROOT LOCAL TARGET
case ":$PATH:" in
*":$LOCAL/bin:"*) ;;
*) export PATH="$LOCAL/bin:$PATH" ;;
esac

say() { printf '%s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

can_be_root() {
    [ "$(id -u)" = 0 ] && return 0
    have sudo || return 1
    [ -t 0 ] || sudo -n true 2>/dev/null
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Runs a command as another user, from root or through sudo.
as_user() {
    local user="$1"
    shift
    if [ "$(id -un)" = "$user" ]; then
        "$@"
    elif [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u "$user" -- "$@")
    else
        (cd / && sudo -u "$user" -- "$@")
    fi
}

# Installs Debian packages, or says plainly which are missing and stops.
apt_install() {
    have apt-get || die "missing: $*. This machine has no apt-get; install them with its own package manager and try again."
    can_be_root || die "missing: $*. Installing needs root; run: sudo apt-get install $*"
    say "installing Debian packages: $*"
    local quiet=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0)
    if ! as_root "${quiet[@]}" install --no-install-recommends "$@" >&2; then
        as_root "${quiet[@]}" update >&2
        as_root "${quiet[@]}" install --no-install-recommends "$@" >&2 || die "apt-get could not install: $*"
    fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
