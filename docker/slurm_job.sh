#!/usr/bin/env bash
# What a node does for docker/slurm.sh; sbatch hands it these words as they are, and no shell reads them again.
#
#   slurm_job.sh fold RUN -- KIT...            trains the fold of this array task
#   slurm_job.sh join SLUG RUN... -- KIT...    joins the folds, blends the runs if there are several, checks the submission
set -euo pipefail
words=()
while [[ $1 != -- ]]; do
  words+=("$1")
  shift
done
shift
kit=("$@")

fold() { # `exec`, so that it is kit that gets the SIGTERM
  exec "${kit[@]}" train --resume "$1" --fold "$SLURM_ARRAY_TASK_ID"
}

join() {
  local slug=$1 best=${!#} run made
  shift
  for run in "$@"; do "${kit[@]}" train --resume "$run"; done
  if [[ $# -gt 1 ]]; then
    made=$("${kit[@]}" ensemble "$slug" "$@")
    best=${made##*$'\n'}
  fi
  "${kit[@]}" submit "$slug" "$best"
}

"${words[@]}"
