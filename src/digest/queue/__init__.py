"""Work for other processes: what is due becomes jobs, and any worker does them. The tables decide, not the queue."""
