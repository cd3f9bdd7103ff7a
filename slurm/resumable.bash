# shellcheck shell=bash
# Sourced by the job scripts, with `root` set: `stepladder` is the program, say TEXT a line in the job's output, and
#
# run_and_requeue RUN_DIR COMMAND...
#   Runs a command that starts or resumes RUN_DIR, and ends the job with
#     0  the run is finished
#     2  the input is wrong
#     3  stopped before the end, and this job may not or should not be requeued: submit it again to go on
#     another code of the command, which failed; what is in the journal is safe
#   or puts the job back into the queue where it was stopped, or lost a process or a node, and had got on. Slurm's USR1,
#   sent to this shell ahead of the time limit, asks the command to stop; TERM (scancel, a lost node, preemption) is
#   passed on, and what becomes of the job is left to who sent it.

stop_seconds_max=80 # from USR1 to the end; more than the launcher takes (60), less than --signal gives

say() { echo "$(date '+%F %T') job $SLURM_JOB_ID: $1"; }

stepladder=${STEPLADDER_PROGRAM:-$root/build/release/stepladder}
if [ ! -x "$stepladder" ]; then
  say "$stepladder is not there; build it with scripts/build release in $root"
  return 2
fi

results_in() { grep -cs '"event":"reported"' "$1/journal.jsonl" || true; }

# The last element of an array has the array's own number: its requeue would be that of all the others.
job_name() {
  if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then echo "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"; else echo "$SLURM_JOB_ID"; fi
}

run_and_requeue() {
  local run_dir=$1 before code command
  shift
  signalled='' interrupted=''
  before=$(results_in "$run_dir")
  say "start ${SLURM_RESTART_COUNT:-0}, on ${SLURM_JOB_NODELIST:-here}, $((before)) results so far"

  "$@" &
  command=$!
  trap 'stop_before_the_limit "$command"' USR1
  trap 'signalled=TERM interrupted=yes; kill -TERM "$command" 2>/dev/null' TERM
  while interrupted=''; do # a trap ends `wait` early
    wait "$command"
    code=$?
    [ -n "$interrupted" ] || break
  done
  trap '' USR1

  case $code in 0 | 2) exit "$code" ;; esac
  if [ "$signalled" = TERM ]; then
    say "terminated"
    exit "$code"
  fi
  # 3: stopped. 128 and above: killed, or lost a node. Without a new result it would only happen again.
  if [ "$code" -eq 3 ] || [ "$code" -ge 128 ]; then
    if [ "$(results_in "$run_dir")" = "$before" ]; then
      say "stopped (exit code $code) without one new result, so it is not requeued; submit it again to go on"
      exit 3
    fi
    trap '' TERM
    if scontrol requeue "$(job_name)"; then
      say "stopped (exit code $code) and requeued"
      exit 0
    fi
    say "stopped (exit code $code); this job cannot be requeued: submit it again to go on"
    exit 3
  fi
  say "failed (exit code $code)"
  exit "$code"
}

stop_before_the_limit() {
  signalled=USR1 interrupted=yes
  say "the time limit is near: stopping"
  kill -USR1 "$1" 2>/dev/null
  (sleep "$stop_seconds_max" && kill -KILL "$1") 2>/dev/null &
}
