"""HTML, charts and pictures, from arrays."""
