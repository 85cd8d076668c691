"""Errors of requests and tasks, and schedules that stopped, are reported to a Sentry server, if one is named.

For every program: the web server, workers, beat, commands. What leaves the machine is written by
`config.common.observe.reports`, which copies what is known to be harmless and nothing else.
"""

from django.conf import settings

from config import env


def start() -> None:
    """Without SENTRY_DSN nothing, and nothing is imported. Raises sentry's `BadDsn` for one that is none."""
    if env.SENTRY_DSN is None:
        return
    import sentry_sdk
    from sentry_sdk.integrations.celery import CeleryIntegration
    from sentry_sdk.integrations.django import DjangoIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration
    from sentry_sdk.integrations.redis import RedisIntegration

    from config.common.observe.reports import harmless_breadcrumb, harmless_event, harmless_transaction

    sentry_sdk.init(
        dsn=env.SENTRY_DSN,
        release=env.SENTRY_RELEASE or f"demanda@{settings.SPECTACULAR_SETTINGS['VERSION']}",
        environment=env.SENTRY_ENVIRONMENT,
        integrations=[
            DjangoIntegration(transaction_style="url", signals_spans=False),
            CeleryIntegration(monitor_beat_tasks=True),
            RedisIntegration(),
        ],
        auto_enabling_integrations=False,
        # Log lines carry more than a report may; an error that is only logged has its line.
        disabled_integrations=[LoggingIntegration()],
        traces_sample_rate=env.SENTRY_TRACES,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        before_send=harmless_event,
        before_send_transaction=harmless_transaction,
        before_breadcrumb=harmless_breadcrumb,
    )
