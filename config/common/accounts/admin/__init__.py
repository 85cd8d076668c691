"""Users, roles and API tokens in the admin: each module registers its own."""

from config.common.accounts.admin import roles, tokens, users  # noqa: F401
