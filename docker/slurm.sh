#!/usr/bin/env bash
# Trains runs on a SLURM cluster, one array task per fold, then joins the folds, blends the runs if there are several,
# and checks the submission. Call it where `kit prepare SLUG` was done, in a folder that the nodes share ($KIT_HOME):
#
#   docker/slurm.sh cifar-10                                                   # one run, the competition's defaults
#   docker/slurm.sh cifar-10 "--backbone cnn" "--backbone resnet9 --set epochs=20"   # a run per argument, then ensemble
#   RUNS="ID ID" docker/slurm.sh cifar-10                                      # go on with runs that hit the time limit
#
# KIT says how to call the kit on a node. It and the options are words as a shell reads them: quotes hold together what has
# spaces, and nothing else is expanded. Account, partition and time are the cluster's: set SBATCH_ACCOUNT, SBATCH_PARTITION,
# SBATCH_TIMELIMIT, which sbatch reads itself, and GPU="" for nodes without one.
set -euo pipefail
[[ $# -gt 0 ]] || { echo 'usage: docker/slurm.sh SLUG ["options of kit train" ...]' >&2; exit 2; }
slug=$1
shift
export KIT_HOME=${KIT_HOME:-$PWD}
job=$(dirname "$0")/slurm_job.sh

# The words of a text into the array `words`; xargs takes quotes off and fails for one that is not closed.
split() {
  xargs -r true <<<"$1" || { echo "docker/slurm.sh: not to be split into words; received $1" >&2; exit 2; }
  mapfile -d '' -t words < <(xargs -r printf '%s\0' <<<"$1")
}
split "${KIT:-apptainer run --nv kit.sif}" && kit=("${words[@]}")
split "${GPU---gpus=1}" && gpu=("${words[@]}")
split "${RUNS:-}" && runs=("${words[@]}")

if [[ ${#runs[@]} -eq 0 ]]; then
  [[ $# -gt 0 ]] || set -- ""
  for options in "$@"; do
    split "$options"
    made=$("${kit[@]}" train "$slug" --create "${words[@]}")
    runs+=("${made##*$'\n'}")
  done
fi

# SIGTERM a minute before the time limit: kit ends with a checkpoint.
after=afterok
for run in "${runs[@]}"; do
  folds=$(sed -n 's/^ *"folds": \([0-9]*\).*/\1/p' "$KIT_HOME/runs/$run/config.json")
  array=$(sbatch --parsable --job-name="$run" --array="0-$((folds - 1))" --signal=B:TERM@60 --requeue "${gpu[@]}" \
    "$job" fold "$run" -- "${kit[@]}")
  after+=":${array%%;*}"
done
sbatch --parsable --job-name="$slug-join" --dependency="$after" --kill-on-invalid-dep=yes "${gpu[@]}" \
  "$job" join "$slug" "${runs[@]}" -- "${kit[@]}"
