"""Long work: asked for by a row, done by the worker, watched and fetched by its owner."""
