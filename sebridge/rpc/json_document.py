"""A JSON-RPC document -> its requests carried out -> what the caller hears. For every interface."""

from collections.abc import Awaitable, Callable

from sebridge.rpc.json_codec import Document, Incoming, dump, json_rpc
from sebridge.rpc.message import Request, Response

Answer = Callable[[Request], Awaitable[Response]]


async def carry_out(document: Document, answer: Answer) -> list[tuple[Incoming, Response]]:
    """Return each entry with its response, in their order; what is no request says why."""
    done = []
    for entry in document.entries:
        if entry.request is None:
            done.append((entry, Response("", None, entry.error)))
        else:
            done.append((entry, await answer(entry.request)))
    return done


def reply(document: Document, done: list[tuple[Incoming, Response]]) -> bytes | None:
    """Return what the caller hears; None when it sent nothing but JSON-RPC's notifications."""
    answers = [json_rpc(response, entry.id) for entry, response in done if entry.expects_answer]
    if not answers:
        return None
    return dump(answers if document.batch else answers[0])
