"""How far the outbox has left for Kafka."""

from django.db import models


class Relay(models.Model):
    """The relay of a transactional id, of which there is one.

    Its events leave in batches with consecutive numbers. `batch`: the last that was put together. `confirmed`: the last
    that is known to be in Kafka, this one or the one before. `fence`: who took over last; whoever has an older number
    writes nothing any more.
    """

    transactional_id = models.CharField(max_length=249, primary_key=True)
    fence = models.PositiveBigIntegerField(default=0)
    batch = models.PositiveBigIntegerField(default=0)
    confirmed = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(batch=models.F("confirmed")) | models.Q(batch=models.F("confirmed") + 1),
                name="relay_one_batch_in_doubt",
            )
        ]

    def __str__(self) -> str:
        return self.transactional_id
