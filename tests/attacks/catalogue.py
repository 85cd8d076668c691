"""All attacks, in the order in which they are tried."""

from functools import partial

from tests.attacks import bodies
from tests.attacks.attack import Attack
from tests.attacks.attackers import clients, heavy, slow

# Too many requests, failed sign-ins or open connections of one address are told so.
_LIMITED = frozenset({403, 429})
_SILENT_CONNECTIONS = 2_100
# Of 30 seconds. The promise is about a hundred thousand.
_KEPT_REQUESTS = 100_000
# A reserve that no disk has.
_NO_ROOM = (("DISK_RESERVE", str(2**60)),)

_ORDINARY = frozenset({200, 401, 403, 404, 415})

ATTACKS = (
    Attack("refusals", "refused bodies on kept connections", clients.keep_alive, _ORDINARY, ordinary=True),
    Attack("pipelined", "two requests in one packet, then held", clients.pipelined, frozenset({200})),
    Attack("behind", "pipelines with refused bodies", clients.pipelined_refusals, frozenset({200, 401, 429})),
    Attack("unsent", "bodies that never come, as nobody", slow.unsent, frozenset({401, 408, 429})),
    Attack("form", "sign-in forms of two bytes, or trickling", slow.sign_in_form, _LIMITED | {400, 408}),
    Attack("readers", "answers read at 1 kB a second", slow.slow_reader, frozenset({200, 429, 503})),
    Attack("passwords", "sign-ins with random names", heavy.sign_in, _LIMITED | {200}),
    Attack("frozen", "PostgreSQL stopped by SIGSTOP", heavy.read, frozenset({429, 503}), freezes=True),
    Attack(
        "silent",
        "connections that say nothing",
        slow.silent,
        frozenset({408}),
        least_connections=_SILENT_CONNECTIONS,
    ),
    Attack(
        "disk",
        "deliveries into the reserve of the disk",
        heavy.deliver,
        frozenset({429, 507}),
        prepare=partial(bodies.lines, heavy.DELIVERED),
        environment=_NO_ROOM,
    ),
    Attack(
        "relatives",
        "residents with 100,000 relatives",
        heavy.many_relatives,
        frozenset({400, 429}),
        prepare=partial(bodies.clan, heavy.RELATIVES),
    ),
    Attack(
        "trickle",
        "heads and bodies that trickle",
        slow.trickle,
        frozenset({400, 408, 429}),
        prepare=partial(bodies.lines, slow.RESIDENTS),
    ),
    Attack("endless", "bodies of 1 GiB, as nobody and as a Viewer", heavy.endless_body, _LIMITED | {401, 413}),
    Attack(
        "kept",
        "100,000 requests on 16 kept connections",
        clients.keep_alive,
        _ORDINARY,
        ordinary=True,
        connections=16,
        requests=_KEPT_REQUESTS,
    ),
)
BY_NAME = {attack.name: attack for attack in ATTACKS}
