#!/usr/bin/env sh
# Trains the model, checks it against its evaluation suite, packages it.
#   PYTHON   a Python that has what model/requirements.txt lists; without one, an
#            environment is made in .venv
#   ML       the command ml
set -eu
cd "$(dirname "$0")/.."

if [ -z "${PYTHON:-}" ]; then
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --requirement model/requirements.txt
  PYTHON=.venv/bin/python
fi
"$PYTHON" model/train.py
"${ML:-ml}" eval model
"${ML:-ml}" package model
