#!/usr/bin/env bash
# Installs what the program needs and builds it: set-up.sh PROGRAM STAMP SOURCE... Called by ./supir; everything is said on stderr.
set -euo pipefail

program=$1 stamp=$2
shift 2
sources=("$@")
root=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)
artifacts=$root/artifacts
log=$artifacts/set-up.log
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { echo "supir: $*" >&2; }

mkdir -p "$artifacts"
exec 9>"$artifacts/.set-up.lock"
if ! flock -n 9; then
  say "another call is setting the program up; waiting for it"
  flock 9
fi
# Whoever waited finds the work done.
if [[ -x $program && -f $stamp ]] && [[ -z $(find "${sources[@]}" -newer "$stamp" -print -quit) ]]; then
  exit 0
fi

"$root/eng/install.sh" 9>&-

# The web page is built meanwhile; the program does without it where that is not possible.
"$root/eng/build-web.sh" "$artifacts/wwwroot" 9>&- &
page=$!

say "building the program (a minute, the first time)"
folder=${program%/*}
rm -rf "$folder.new"
started=$artifacts/.set-up-started
touch "$started"
# Built beside the old program and then moved into its place: one that is running keeps its files.
if ! dotnet publish "$root/src/Supir.Cli" --configuration Release --output "$folder.new" \
    --disable-build-servers --nologo -v quiet >"$log" 2>&1 9>&-; then
  grep -E 'error|warning' "$log" | sort -u | head -20 >&2 || tail -20 "$log" >&2
  say "the build failed; all of its output is in $log"
  wait "$page" || true
  exit 4
fi
if wait "$page"; then
  mv "$artifacts/wwwroot" "$folder.new/wwwroot"
fi
# What changes while the build runs is newer than its beginning, and so built by the next call.
mv "$started" "$folder.new/${stamp##*/}"
rm -rf "$folder.old"
[[ ! -e $folder ]] || mv "$folder" "$folder.old"
mv "$folder.new" "$folder"
rm -rf "$folder.old"
