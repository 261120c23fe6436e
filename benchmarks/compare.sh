#!/usr/bin/env bash
# The CPU engine beside PyTorch and oneDNN, on the shapes of shapes.txt, on this machine:
#   benchmarks/compare.sh [ROUNDS] [WORD]    best of ROUNDS (3); WORD picks shapes: linear, conv, attention
# Installs what it needs from Debian or Ubuntu. SUPIR_TORCH_PYTHON names another Python, with another PyTorch.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

packages=(g++ libdnnl-dev)
# PyTorch as packaged calls whatever BLAS is there; without OpenBLAS that is the reference implementation, which is no measure.
[[ -n ${SUPIR_TORCH_PYTHON:-} ]] || packages+=(python3-torch libopenblas0-pthread)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep 'ok installed' >/dev/null || missing+=("$package")
done
if [[ ${#missing[@]} -gt 0 ]]; then
  echo "installing ${missing[*]}" >&2
  as_root=()
  [[ $EUID -eq 0 ]] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

eng/install.sh
out=artifacts/benchmarks
mkdir -p "$out"
if [[ ! $out/onednn -nt benchmarks/onednn.cpp ]]; then
  g++ -O2 -std=c++17 -Wall -Wextra -fopenmp benchmarks/onednn.cpp -ldnnl -o "$out/onednn"
fi
dotnet build benchmarks/Supir.Benchmarks --configuration Release --disable-build-servers --nologo -v quiet -clp:ErrorsOnly >&2

exec "${SUPIR_TORCH_PYTHON:-/usr/bin/python3}" benchmarks/compare.py "${1:-3}" "${2:-}"
