"""Names."""

DOMAIN = "ingestor_load"
EVENT_RUN_ENDED = "ingestor_load_run_ended"
