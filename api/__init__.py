"""The application around the core: command line today, HTTP API and review page to come."""
