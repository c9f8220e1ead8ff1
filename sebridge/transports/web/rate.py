"""How often somebody may do something: a bucket of permits for each, refilled steadily. Pure."""

from collections import OrderedDict
from dataclasses import dataclass

_MINUTE = 60.0


@dataclass(slots=True)
class _Bucket:
    permits: float
    filled: float  # the monotonic second when that was so


class Rate:
    """So many a minute for each key, all of them at once if need be.

    Keys that were not heard of for longest are forgotten when there are more than `most_keys`.
    """

    def __init__(self, per_minute: int, most_keys: int = 10_000) -> None:
        self._most = float(per_minute)
        self._most_keys = most_keys
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str, now: float) -> float:
        """Take a permit; return 0, or after how many seconds there will be one.

        `now` is seconds of a clock that never goes back.
        """
        bucket = self._bucket(key, now)
        if bucket.permits >= 1:
            bucket.permits -= 1
            return 0.0
        return (1 - bucket.permits) * _MINUTE / self._most

    def _bucket(self, key: str, now: float) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self._most, now)
            if len(self._buckets) > self._most_keys:
                self._buckets.popitem(last=False)
            return bucket
        self._buckets.move_to_end(key)
        refill = (now - bucket.filled) * self._most / _MINUTE
        bucket.permits, bucket.filled = min(bucket.permits + refill, self._most), now
        return bucket
