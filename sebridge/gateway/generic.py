"""A cluster of any number, of which nothing else is known: attributes of peers are read from it."""

from sebridge.gateway.cluster import LocalCluster


class GenericCluster(LocalCluster):
    """Where requests to a remote cluster are sent from for which the gateway has no cluster.

    It has no attributes, knows no command, and must be told as what it appears.
    """
