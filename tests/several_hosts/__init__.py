"""The product on hosts that are network namespaces, whose links are cut and whose processes are killed."""
