"""MQTT: the link to the broker, and what is said and heard there."""

from sebridge.base.lazy_imports import import_lazily

import_lazily("urllib.request")  # paho asks it for proxies of WebSockets; it brings HTTP and mail
