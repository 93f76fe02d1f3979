"""The only way into Balance+: checks what users send and hands it to the orchestrator."""
