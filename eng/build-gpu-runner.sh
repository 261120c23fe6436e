#!/usr/bin/env bash
# Builds what checks and measures on a machine with a GPU, .gpu/supir-gpu.gz: one program that needs neither .NET nor libvips there.
# Copy the clone there with it, and run ./test --gpu (docs/gpu.md). Clone and program together must stay small enough to carry.
set -euo pipefail
cd "${BASH_SOURCE[0]%/*}/.."
readonly most_mebibytes=60 built=artifacts/gpu-runner

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet publish tests/Supir.Gpu.Runner --configuration Release --runtime linux-x64 --self-contained --output "$built" --nologo -v quiet
mkdir -p .gpu
rm -f .gpu/supir-gpu
gzip --best --no-name --stdout "$built/supir-gpu" >.gpu/supir-gpu.gz

tree=$(git ls-files -z | xargs -0 stat --format=%s -- 2>/dev/null | awk '{ sum += $1 } END { print sum }')
program=$(stat --format=%s .gpu/supir-gpu.gz)
awk -v tree="$tree" -v program="$program" -v most="$most_mebibytes" 'BEGIN {
  sum = (tree + program) / 1048576
  printf ".gpu/supir-gpu.gz: %.1f MiB, the tree %.1f MiB, together %.1f of at most %d MiB\n", program / 1048576, tree / 1048576, sum, most
  exit sum > most
}'
