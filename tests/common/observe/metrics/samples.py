"""What an exposition says."""

from prometheus_client.parser import text_string_to_metric_families


def samples(text: str | bytes) -> dict[str, float]:
    """Each sample as `name{label="value",…}`, its labels sorted."""
    plain = text.decode() if isinstance(text, bytes) else text
    return {
        _name(sample.name, sample.labels): sample.value
        for family in text_string_to_metric_families(plain)
        for sample in family.samples
    }


def _name(name: str, labels: dict[str, str]) -> str:
    inside = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    return f"{name}{{{inside}}}" if inside else name
