"""What analytics have people told of."""
