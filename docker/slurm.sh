#!/usr/bin/env bash
# Trains runs on a SLURM cluster, one array task per fold, then joins the folds, blends the runs if there are several,
# and checks the submission. Call it where `kit prepare SLUG` was done, in a folder that the nodes share ($KIT_HOME):
#
#   docker/slurm.sh cifar-10                                                   # one run, the competition's defaults
#   docker/slurm.sh cifar-10 "--backbone cnn" "--backbone resnet9 --set epochs=20"   # a run per argument, then ensemble
#   RUNS="ID ID" docker/slurm.sh cifar-10                                      # go on with runs that hit the time limit
#
# KIT says how to call the kit on a node. Account, partition and time are the cluster's: set SBATCH_ACCOUNT,
# SBATCH_PARTITION, SBATCH_TIMELIMIT, which sbatch reads itself, and GPU="" for nodes without one.
set -euo pipefail
[[ $# -gt 0 ]] || { echo 'usage: docker/slurm.sh SLUG ["options of kit train" ...]' >&2; exit 2; }
slug=$1
shift
: "${KIT:=apptainer run --nv kit.sif}" "${GPU=--gpus=1}"
export KIT_HOME=${KIT_HOME:-$PWD}

if [[ -z ${RUNS:-} ]]; then
  [[ $# -gt 0 ]] || set -- ""
  for options in "$@"; do
    made=$($KIT train "$slug" --create $options) # unquoted: words of an option list
    RUNS="${RUNS:-} ${made##*$'\n'}"
  done
fi

# SIGTERM a minute before the time limit: kit ends with a checkpoint. `exec`, so that it is kit that gets it.
after=afterok
for run in $RUNS; do
  folds=$(sed -n 's/^ *"folds": \([0-9]*\).*/\1/p' "$KIT_HOME/runs/$run/config.json")
  array=$(sbatch --parsable --job-name="$run" --array="0-$((folds - 1))" --signal=B:TERM@60 --requeue $GPU \
    --wrap="exec $KIT train --resume $run --fold \$SLURM_ARRAY_TASK_ID")
  after+=":${array%%;*}"
done

last="set -e; for run in $RUNS; do $KIT train --resume \$run; done; best=\$run"
[[ $(wc -w <<<"$RUNS") -eq 1 ]] || last+="; made=\$($KIT ensemble $slug $RUNS); best=\$(echo \"\$made\" | tail -n 1)"
sbatch --parsable --job-name="$slug-join" --dependency="$after" --kill-on-invalid-dep=yes $GPU --wrap="$last; $KIT submit $slug \$best"
