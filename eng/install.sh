#!/usr/bin/env bash
# Installs what the machine lacks: .NET's SDK, libvips and Node.js; with --for-tests, a browser and PyTorch, too. Says what it does; without the
# rights to, says what to do.
set -euo pipefail

say() { echo "supir: $*" >&2; }

as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
    sudo "$@"
  else
    return 1
  fi
}

apt_install() {
  command -v apt-get >/dev/null || return 1
  say "installing $1"
  # Package lists may be old or missing: then they are fetched, once.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null 2>&1 ||
    { as_root apt-get update -qq >/dev/null 2>&1 &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null 2>&1; }
}

# Not grep -q: it would end before its input does, which counts as a failure of the pipe.
has_sdk() { command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep '^10\.' >/dev/null; }

has_libvips() { /sbin/ldconfig -p 2>/dev/null | grep 'libvips\.so\.42' >/dev/null; }

if ! has_sdk; then
  apt_install dotnet-sdk-10.0 || true
  has_sdk || { say "the .NET 10 SDK is missing: see https://learn.microsoft.com/dotnet/core/install/linux, then try again"; exit 4; }
fi

if ! has_libvips && [[ $(uname) == Linux ]]; then
  apt_install libvips42 || true
  has_libvips || say "libvips is missing, so pictures cannot be read yet. As an administrator: apt-get install libvips42"
fi

if ! command -v npm >/dev/null; then
  apt_install npm || true
  command -v npm >/dev/null || say "Node.js is missing, so there is no web page; everything else works. See https://nodejs.org, then call eng/build-web.sh"
fi

if [[ ${1:-} == --for-tests ]] && ! command -v chromium >/dev/null; then
  apt_install chromium || true
  command -v chromium >/dev/null || say "chromium is missing: the tests of the web page will fail. As an administrator: apt-get install chromium"
fi

# Some tests read files that PyTorch itself has written; without it they are skipped and say so.
if [[ ${1:-} == --for-tests ]] && [[ ! -d /usr/lib/python3/dist-packages/torch ]]; then
  apt_install python3-torch || say "PyTorch is missing, so tests of the files that it writes are skipped. As an administrator: apt-get install python3-torch"
fi
