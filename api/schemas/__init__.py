"""What goes in and out over HTTP: pydantic models, cursors, offsets as browsers count them."""
