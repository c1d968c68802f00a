#!/usr/bin/env sh
# Registers the version that model/model.yaml names; the same again changes nothing.
#   ML       the command ml; ML_URL and ML_TOKEN say where the portal is
set -eu
cd "$(dirname "$0")/.."
"${ML:-ml}" register model "$@"
