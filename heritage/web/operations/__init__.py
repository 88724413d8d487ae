"""What serves all requests: middleware, health checks, error pages, static files."""
