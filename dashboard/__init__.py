"""The Flask application: pages, API and the live wall."""
