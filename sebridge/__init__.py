"""The ZigBee Smart Energy gateway for open home automation.

A package knows only what lies below it::

    L11  cli  __main__                      the command line
    L10  app                                the composition root: builds, starts, stops
     ------------------------------------------------------------ what others see
    L9   homeassistant                      MQTT discovery
    L8   api  |  transports.mqtt            the RPC methods; the doors
     ------------------------------------------------------------ what the gateway does
    L7   simulator                          simulated devices for the simulated air
    L6   reporting                          attribute reports
    L5   clusters                           our endpoints: servers and clients
    L4   devices                            the remote devices
     ------------------------------------------------------------ hardware
    L3   radio                              the only package that touches a ZigBee radio
     ------------------------------------------------------------ language: no I/O, no clock
    L2   smartenergy                        the Smart Energy profile as data
    L1   zcl | schedule | rpc | storage | settings
    L0   base                               words every other part is written in

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
