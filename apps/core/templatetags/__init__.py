"""What templates are built from."""
