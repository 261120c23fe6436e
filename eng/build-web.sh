#!/usr/bin/env bash
# Builds the web page, unless nothing of it has changed: eng/build-web.sh [FOLDER]. The page goes to artifacts/web, and from there
# into FOLDER, by default beside the program, if that is built. Everything is said on stderr. Without Node.js: exit code 4.
set -euo pipefail

root=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)
web=$root/web
page=$root/artifacts/web
stamp=$root/artifacts/.web-stamp
log=$root/artifacts/build-web.log
# What Vite needs; newer Node.js comes out of the npm registry where the machine's own is older.
least_node=20.19.0
registry_node=node@22

say() { echo "supir: $*" >&2; }

sources=("$web/src" "$web/public" "$web/index.html" "$web/package.json" "$web/package-lock.json" "$web/vite.config.ts" "$root/samples")

is_current() {
  [[ -f $page/index.html && -f $stamp ]] && [[ -z $(find "${sources[@]}" -newer "$stamp" -print -quit) ]]
}

copy_to() {
  local folder=$1
  rm -rf "$folder.new"
  cp -r "$page" "$folder.new"
  rm -rf "$folder"
  mv "$folder.new" "$folder"
}

deliver() {
  if [[ $# -gt 0 ]]; then
    copy_to "$1"
  elif [[ -x $root/artifacts/program/supir ]]; then
    copy_to "$root/artifacts/program/wwwroot"
  fi
}

is_node_new_enough() {
  command -v node >/dev/null &&
    [[ $(printf '%s\n' "$least_node" "$(node --version | tr -d v)" | sort -V | head -n1) == "$least_node" ]]
}

# Runs a command of the page's packages, under a Node.js that is new enough.
with_node() {
  if is_node_new_enough; then
    "$@"
  else
    npm exec --yes --package="$registry_node" -- "$@"
  fi
}

mkdir -p "$root/artifacts"
exec 8>"$root/artifacts/.build-web.lock"
flock 8
if is_current; then
  deliver "$@"
  exit 0
fi
if ! command -v npm >/dev/null; then
  say "the web page is not built, because Node.js with npm is missing: install it (https://nodejs.org), then call eng/build-web.sh"
  exit 4
fi

say "building the web page"
cd "$web"
started=$(mktemp "$root/artifacts/.web-started.XXXXXX")
export npm_config_fund=false npm_config_audit=false npm_config_update_notifier=false
if ! {
  { [[ node_modules/.package-lock.json -nt package-lock.json ]] || with_node npm ci; } &&
    SUPIR_WWWROOT=$page with_node npm run build
} >"$log" 2>&1 8>&-; then
  rm -f "$started"
  tail -n 20 "$log" >&2
  say "the web page could not be built; all of the output is in $log"
  exit 4
fi
# What changes while the build runs is newer than its beginning, and so built by the next call.
mv "$started" "$stamp"
deliver "$@"
