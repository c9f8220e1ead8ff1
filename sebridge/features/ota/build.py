"""Build what a gateway has of OTA Upgrade: a server on both endpoints, where it serves at all."""

from sebridge.base.addresses import Eui64
from sebridge.feature import Host, Part
from sebridge.features.ota.firmware import DeviceFirmware
from sebridge.features.ota.image_library import ImageLibrary
from sebridge.features.ota.methods import FirmwareMethods
from sebridge.features.ota.server import OtaServer
from sebridge.features.ota.service import FirmwareService
from sebridge.features.ota.updates import FirmwareUpdate, FirmwareUpdates, Pacing
from sebridge.network.directory import Directory


def build(host: Host) -> Part:
    """Offer images to devices; a display, a guest in another's network, offers none."""
    if not host.role.serves:
        return Part(method_groups=(FirmwareMethods(None),))
    options = host.ota
    updates = FirmwareUpdates(
        host.open_collection("device_firmware", Eui64, DeviceFirmware),
        host.open_collection("firmware_updates", Eui64, FirmwareUpdate),
        pacing=Pacing(block_period=options.block_period, at_once=options.at_once),
        knows=lambda device: _is_ours(host.directory, device),
        is_offered_more=lambda device, told: service.offer_for(device, told) is not None,
        longest_frame=host.longest_frame,
    )
    server = OtaServer(updates)
    service = FirmwareService(
        ImageLibrary(options.directory, options.index),
        updates,
        server,
        devices=host.directory,
        router=host.router,
        runner=host.runner,
        clock=host.clock,
        compute=host.compute,
        bus=host.bus,
    )
    host.runner.serve(updates, service.carry_out)
    return Part(
        clusters=(server,),
        home_automation=(server,),
        services=(service,),
        method_groups=(FirmwareMethods(service),),
    )


def _is_ours(directory: Directory, device: Eui64) -> bool:
    """Say whether somebody wants a device to be here, or it has told what it is."""
    known = directory.get(device)
    return known is not None and not known.is_stranger
