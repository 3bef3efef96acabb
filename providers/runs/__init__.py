"""What becomes of one planned sync, from the schedule to its end.

The row (`SyncRun.state`) is the truth; a message in the queue only wakes a worker early. Every change of state is one
guarded UPDATE, so that a lost message costs seconds, a doubled one nothing, and a killed worker one lease.

    queued ──> running ──> succeeded | failed | timed_out | cancelled | interrupted
      ^           │
      └───────────┘ another attempt

| from -> to | who moves it | file | what a person sees |
|---|---|---|---|
| (due) -> queued | the dispatcher, each second | `schedule.claim_due`, `dispatch` | Queued, with its planned time |
| (due) -> skipped | the same, while the provider is busy | `schedule.claim_due` | Skipped, and why |
| (asked) -> queued | an admin | `actions`, `schedule.request_sync` | Queued, by hand or by API |
| queued -> running | a worker that has a place | `claim` | Running, and what has arrived so far |
| running -> queued | whoever ends an attempt, for another | `outcome.settle_attempt`, `retry` | Queued, until when |
| running -> an end | the worker | `sync.run_sync`, `outcome` | the state, the counts, one sentence |
| running -> interrupted | the reaper, after the last attempt's lease | `sync.reap` | The worker stopped reporting. |
| running -> cancelled | the reaper, where an admin had asked for it | `sync.reap` | Cancelled |
| running -> timed_out | the reaper, past its deadline | `sync.reap` | It was still at work long after its timeout |
| queued -> failed | the reaper, after RUN_QUEUE_MINUTES | `sync.reap` | No worker took it |
| queued -> cancelled | an admin | `schedule.cancel_run` | Cancelled |
| queued -> cancelled | an admin who disables or deletes it | `providers.registry` | Cancelled, and why |

Read on in this order: `next_start` (when), `schedule` and `dispatch` (from time to rows), `wake_up` (telling workers),
`claim` (taking a run), `sync` (lease, end), `conversation` (what is said over HTTP), `outcome` and `retry` (how it
ends, whether it is tried again), `retention` (how long it is kept). `slots` and `invariants` check all of it from the
database.
"""
