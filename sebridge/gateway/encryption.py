"""Which frames are encrypted with a link key: as the profile has it, or as was said. Pure."""

from sebridge.zcl.identifiers import always_needs_link_key, needs_link_key

_Side = tuple[int, int, bool]  # endpoint and cluster of ours, and whether it is the server


class EncryptionRules:
    """The rule of the profile for all clusters (SEC-1), and another for those that were given one.

    A local cluster is named by its endpoint, its identifier and its side.
    """

    def __init__(self) -> None:
        self._said: dict[_Side, bool] = {}

    def say(
        self, endpoint_id: int, cluster_id: int, *, server: bool, encrypted: bool | None
    ) -> None:
        """Have all frames of a local cluster encrypted, or none; None leaves it to the profile."""
        side = (endpoint_id, cluster_id, server)
        if encrypted is None:
            self._said.pop(side, None)
        else:
            self._said[side] = encrypted

    def need(self, endpoint_id: int, cluster_id: int, *profiles: int, server: bool) -> bool:
        """Say whether frames of a local cluster, under these profiles, must be encrypted.

        What Smart Energy itself secures is encrypted, whatever was said.
        """
        for profile in profiles:
            if always_needs_link_key(profile, cluster_id):
                return True
        said = self._said.get((endpoint_id, cluster_id, server))
        if said is not None:
            return said
        return any(needs_link_key(profile, cluster_id) for profile in profiles)
