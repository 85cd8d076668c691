"""What Prometheus reads: how requests, statements and tasks go, and figures of the product.

What happens is counted where it happens (`requests`, `statements`, `tasks`), by every process in files of its own,
which `exposition` adds up. What is, is looked up when somebody asks:

    gauge("demanda_citizens", "Residents that are stored.", count_citizens)
"""

from config.common.observe.metrics.gauges import gauge

__all__ = ["gauge"]
