"""One command that brings a campus up: engines, database, static files, and every process, watched and restarted."""
