"""What a plug-in's process and the bridge say to each other: the methods of their JSON-RPC."""

from typing import Final

# ------------------------------------------------------------------ what the bridge asks

HOOK: Final = "hook"
"""Have a hook run; `function` is module:function."""
PING: Final = "ping"
"""A process answers it that does not hang."""
CALL: Final = "call"
"""Carry out a method of the plug-in: `name`, `params`."""
ASK: Final = "ask"
"""Answer an HTTP request: `verb`, `path`, `query`, `body`."""

# ------------------------------------------------------------------ what the bridge tells

TOLD: Final = "notification"
"""A notification: `name`, `time`, `parameters`."""
COMMANDED: Final = "command"
"""What somebody published for the plug-in: `topic`, `value`."""

# ------------------------------------------------------------------ what a plug-in asks

LISTEN: Final = "plugin.listen"
"""Be told of a `notification`."""
READ: Final = "plugin.read"
"""Return the `value` that is kept under a `key`, and whether there `is_one`."""
KEEP: Final = "plugin.keep"
"""Keep a `value` under a `key`."""
DROP: Final = "plugin.drop"
"""Keep nothing under a `key`."""
KEYS: Final = "plugin.keys"
"""Return all `keys` under which something is kept."""
PUBLISH: Final = "plugin.publish"
"""Publish a `value` on a `topic` below the plug-in's; `retain` says whether it stays there."""
SUBSCRIBE: Final = "plugin.subscribe"
"""Be told of what others publish for the plug-in on a `topic`."""
ADD_METHOD: Final = "plugin.add_method"
"""Be asked for a method: `name`, `scope`, `description`."""
ADD_ENTITY: Final = "plugin.add_entity"
"""Have Home Assistant show something."""
ADD_ROUTE: Final = "plugin.add_route"
"""Be asked for what is at a `path` by HTTP with a `verb`, by who has the `scope`."""

# ------------------------------------------------------------------ codes of errors

BROKEN: Final = -32000
"""A hook, method or route of the plug-in fails."""
REFUSED: Final = -32009
"""A method or route of the plug-in says no."""
