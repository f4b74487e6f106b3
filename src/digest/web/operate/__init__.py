"""What operators and machines look at: health and metrics."""
