"""The dashboards, as code: what is asked of Prometheus, under which question, with which page of the runbook beside."""
