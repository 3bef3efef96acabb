"""What operators watch: `metrics` and `latency`, `logs` and the `outage_filter` that keeps them readable."""
