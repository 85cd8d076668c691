"""The page where people look at the demand."""
