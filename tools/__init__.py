"""Programs that write what is generated in this project."""
