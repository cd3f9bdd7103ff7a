#!/usr/bin/env bash
# For sites that do not requeue jobs: submits a job several times, each after the one before. Each goes on where the one
# before stopped; those that find the run finished end at once.
#
# usage: slurm/chain.sh TIMES [option of sbatch...] slurm/tune.sbatch [EXPERIMENT.toml [RUN_DIR]]
set -euo pipefail
if [ $# -lt 2 ] || ! [[ $1 =~ ^[1-9][0-9]*$ ]]; then
  sed -n '5s/^# //p' "$0" >&2
  exit 2
fi
times=$1
shift
dependency=()
for _ in $(seq "$times"); do
  job=$(sbatch --parsable --no-requeue "${dependency[@]}" "$@")
  job=${job%%;*} # a federation adds its cluster's name
  dependency=("--dependency=afterany:$job")
  echo "$job"
done
