"""The ZigBee Smart Energy gateway for open home automation.

A package knows only what lies below it::

    cli  __main__                           the command line
    app                                     the composition root: builds, starts, stops
     ----------------------------------------------------------------------------------
    features                                price, load control, metering, ...: each folder
                                            holds all that there is of its feature
     ------------------------------------------------------------ what others see
    drivers                                 what devices can do: capabilities, drivers
    homeassistant                           MQTT discovery
    api | transports                        the RPC methods; MQTT, HTTP, pushing
     ------------------------------------------------------------ what the gateway does
    plugins                                 packages of others, in processes of their own
    simulator | modules                     simulated devices; code of the user
    gateway                                 our endpoints: router, exchange, events, reporting
    network                                 the remote devices
     ------------------------------------------------------------ hardware
    radio | plugwise                        the only packages that touch radios
     ------------------------------------------------------------ language: no I/O, no clock
    crypto                                  certificates and key agreement
    zcl | schedule | rpc | storage | settings
    model                                   types, declared once
    base                                    words every other part is written in
    plugin                                  what code of plug-ins speaks with, in its own process

One word, one thing:

event: a Smart Energy event (price, load control, message). News on the bus are *signals*.
change: what the schedule engine returns: Started, Ended, Cancelled, Superseded,
    Postponed.
notification: an RPC message nobody asked for (``received_price_event``).
report: a ZCL attribute report.
record: a typed payload, named as in the RPC record reference.
server, client: the two roles of a ZCL cluster.
command: a ZCL command. RPC has *methods* and *requests*; the command line has *subcommands*.
registry: the power-safe settings that RPC may change.
device: a remote ZigBee device, real or simulated. Ours is *the gateway*.
"""

__version__ = "0.1.0"
