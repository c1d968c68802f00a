#!/usr/bin/env sh
# From data to staging: data, package, evaluate, register, deploy. Any failure
# ends it, with the exit code of the command that failed: 6 where data or model
# miss what is asked of them.
#
#   ./pipeline.sh            all steps, in order
#   ./pipeline.sh evaluate   one step
#
#   MODEL   folder of the package, with model.yaml in it (default: model)
#   ML      the command ml (default: ml)
#   REPORT  where the report of the evaluation goes (default: eval-report)
#   ML_URL, ML_TOKEN   where the portal is, and who you are to it
set -eu

MODEL=${MODEL:-model}
ML=${ML:-ml}
REPORT=${REPORT:-eval-report}

# Each data file that has a schema beside it: holdout.csv, holdout.schema.yaml.
check_data() {
  find "$MODEL" -name '*.schema.yaml' | sort | while read -r schema; do
    for kind in csv jsonl parquet; do
      file="${schema%.schema.yaml}.$kind"
      [ ! -f "$file" ] || $ML data validate "$file" --schema "$schema" || exit
    done
  done
}

make_package() {
  $ML package "$MODEL"
}

# Compares with the version in production, where there is one.
evaluate() {
  $ML eval "$MODEL" --report "$REPORT" --baseline production
}

# The same content again changes nothing.
register() {
  $ML register "$MODEL"
}

deploy() {
  $ML deploy "$(reference)" --env staging --reason "${REASON:-pipeline}"
}

reference() {
  sed -n 's/^name: *//p; s/^version: */@/p' "$MODEL/model.yaml" | tr -d '\n'
}

for step in ${*:-data package evaluate register deploy}; do
  echo "== $step" >&2
  case $step in
    data) check_data ;;
    package) make_package ;;
    evaluate) evaluate ;;
    register) register ;;
    deploy) deploy ;;
    *)
      echo "There is no step '$step': data, package, evaluate, register, deploy" >&2
      exit 2
      ;;
  esac
done
