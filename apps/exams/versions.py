"""Question versions by key, kept in the process: they never change, so a copy is never stale."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from apps.questionbank.models import QuestionVersion

KEPT = 5000
"""Versions kept per process; at about 4 kB each that is 20 MB."""

_kept: OrderedDict[int, QuestionVersion] = OrderedDict()
_lock = Lock()


def versions_by_key(keys: Iterable[int]) -> dict[int, QuestionVersion]:
    """Return the versions with these keys. Costs one query for all that are not kept yet, none otherwise."""
    wanted = set(keys)
    with _lock:
        found = {key: _kept[key] for key in wanted if key in _kept}
        for key in found:
            _kept.move_to_end(key)
    if missing := wanted - found.keys():
        fresh = QuestionVersion.objects.in_bulk(missing)
        found |= fresh
        with _lock:
            _kept.update(fresh)
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found


def forget_all() -> None:
    """Empty the store; between tests the same key can mean another row."""
    with _lock:
        _kept.clear()
