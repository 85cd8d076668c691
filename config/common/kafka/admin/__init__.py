"""Dead letters and positions in the admin: each module registers its own."""

from config.common.kafka.admin import dead_letters, positions  # noqa: F401
