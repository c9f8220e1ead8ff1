"""Endpoints and clusters that were added, among those that are always there."""

from pathlib import Path

import pytest

from sebridge.base.errors import ModuleError, ParameterError, RefusedError
from sebridge.base.signals import SignalBus
from sebridge.features.basic.cluster import BasicServer
from sebridge.features.price.server import PriceServer
from sebridge.gateway.endpoint import Endpoint, EndpointsChanged, LocalEndpoints
from sebridge.modules.endpoints import Endpoints
from sebridge.modules.loaded_modules import LoadedModules
from sebridge.settings.additions import AddedCluster, AddedEndpoint
from sebridge.zcl.identifiers import MIRROR_ENDPOINTS, SE_ENDPOINT, SE_PROFILE
from tests.gateway.radio_side import Trust
from tests.modules.user_code import LAMP, loaded, write


@pytest.fixture
def trust() -> Trust:
    return Trust()


@pytest.fixture
def ours(bus: SignalBus) -> LocalEndpoints:
    clusters = (BasicServer("maker", "model"),)
    return LocalEndpoints(bus, [Endpoint(SE_ENDPOINT, SE_PROFILE, 0x0500, clusters)])


@pytest.fixture
def changes(bus: SignalBus, ours: LocalEndpoints) -> list[list[int]]:
    """Return which endpoints the radio was told of, each time."""
    seen: list[list[int]] = []
    bus.listen(EndpointsChanged, lambda _signal: seen.append(sorted(ours)))
    return seen


@pytest.fixture
def modules(tmp_path: Path) -> LoadedModules:
    write(tmp_path, "lamp", LAMP)
    modules = loaded(tmp_path)
    modules.open("lamp")
    return modules


@pytest.fixture
def endpoints(modules: LoadedModules, ours: LocalEndpoints, trust: Trust) -> Endpoints:
    return Endpoints(modules, ours, trust.encryption)


def lamp(number: int = 2, **given: int) -> AddedEndpoint:
    return AddedEndpoint(endpoint_class="LampEndpoint", endpoint_id=number, **given)


def generic(number: int, cluster_id: int, side: int = 1, **given: bool) -> AddedCluster:
    return AddedCluster(
        cluster_class="ZCL_Cluster",
        endpoint_id=number,
        cluster_id=cluster_id,
        server_or_client=side,
        **given,
    )


# ------------------------------------------------------------------ endpoints


def test_a_placed_endpoint_has_what_its_class_says(
    endpoints: Endpoints, ours: LocalEndpoints, changes: list[list[int]]
) -> None:
    filled = endpoints.place(lamp())

    described = ours[2].descriptor()
    assert (filled.profile_id, filled.device_id, filled.device_version) == (0x0104, 0x0100, 2)
    assert (described.profile_id, described.device_id) == (0x0104, 0x0100)
    assert described.device_version == 2
    assert described.input_clusters == (6,)
    assert changes == [[2, SE_ENDPOINT]]
    assert endpoints.placed == {2: "LampEndpoint"}


def test_each_endpoint_has_clusters_of_its_own(endpoints: Endpoints, ours: LocalEndpoints) -> None:
    endpoints.place(lamp(2))
    endpoints.place(lamp(3))

    assert ours[2].clusters[0] is not ours[3].clusters[0]


def test_an_endpoint_without_a_device_tells_devices_zero(
    endpoints: Endpoints, ours: LocalEndpoints
) -> None:
    entry = AddedEndpoint(endpoint_class="AnyEndpoint", endpoint_id=2, profile_id=0x0104)

    filled = endpoints.place(entry)

    assert (filled.device_id, filled.device_version) == (None, None)
    assert ours[2].descriptor().device_id == 0


@pytest.mark.parametrize("number", [0, 241, 255, int(SE_ENDPOINT), *MIRROR_ENDPOINTS[:1]])
def test_a_number_that_is_not_free_is_refused(
    endpoints: Endpoints, ours: LocalEndpoints, number: int
) -> None:
    with pytest.raises(ParameterError, match="endpoint_id"):
        endpoints.place(lamp(number))

    assert list(ours) == [SE_ENDPOINT]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("return [LampServer()]", "return [1 / 0]", r"lamp\.py, line 18: ZeroDivisionError"),
        ("return [LampServer()]", "return [7]", "TypeError: int is no LocalCluster"),
        ("return [LampServer()]", "return [LampServer(), LampServer()]", "is there twice"),
        ("return [LampServer()]", "return None", "TypeError"),
        ("server = True", "def __init__(self): pass", "LampServer is no LocalCluster"),
        ('definition = ClusterDefinition(0x0006, "on_off")', "pass", "definition"),
    ],
)
def test_an_endpoint_class_that_breaks_leaves_everything_as_it_was(
    tmp_path: Path,
    trust: Trust,
    ours: LocalEndpoints,
    changes: list[list[int]],
    before: str,
    after: str,
    problem: str,
) -> None:
    write(tmp_path, "lamp", LAMP.replace(before, after))
    modules = loaded(tmp_path)
    modules.open("lamp")
    endpoints = Endpoints(modules, ours, trust.encryption)

    with pytest.raises(ModuleError, match=problem):
        endpoints.place(lamp())

    assert changes == []
    assert endpoints.placed == {}


async def test_a_withdrawn_endpoint_is_gone_with_all_that_was_added(
    endpoints: Endpoints, trust: Trust, ours: LocalEndpoints
) -> None:
    endpoints.place(lamp())
    await endpoints.attach(generic(2, 0x0402, enable_APS_encryption=True))

    await endpoints.withdraw(2)
    await endpoints.withdraw(2)
    await endpoints.withdraw(SE_ENDPOINT)

    assert list(ours) == [SE_ENDPOINT]
    assert endpoints.clusters == []
    assert not trust.encryption.need(2, 0x0402, 0x0104, server=False)


# ------------------------------------------------------------------ clusters


async def test_an_attached_cluster_stands_beside_the_others(
    endpoints: Endpoints, ours: LocalEndpoints, changes: list[list[int]]
) -> None:
    placed = await endpoints.attach(generic(SE_ENDPOINT, 0x0402))

    described = ours[SE_ENDPOINT].descriptor()
    assert described.input_clusters == (0,)
    assert described.output_clusters == (0x0402,)
    assert (placed.side, placed.encrypted) == ((SE_ENDPOINT, 0x0402, False), True)
    assert changes == [[SE_ENDPOINT]]
    await endpoints.detach(placed.side)
    await endpoints.detach(placed.side)
    assert ours[SE_ENDPOINT].descriptor().output_clusters == ()
    assert len(ours[SE_ENDPOINT].clusters) == 1


@pytest.mark.parametrize(
    ("cluster_id", "given", "encrypted"),
    [
        (0x0702, {}, True),
        (0x0402, {}, True),
        (0xFC01, {}, True),
        (0xFC01, {"enable_APS_encryption": False}, False),
        (0x0402, {"enable_APS_encryption": False}, False),
        (0x0009, {}, False),
        (0x0009, {"enable_APS_encryption": True}, True),
    ],
)
async def test_encryption_is_as_the_request_says_or_else_the_profile(
    endpoints: Endpoints,
    trust: Trust,
    cluster_id: int,
    given: dict[str, bool],
    *,
    encrypted: bool,
) -> None:
    placed = await endpoints.attach(generic(SE_ENDPOINT, cluster_id, **given))

    rules = trust.encryption
    assert placed.encrypted is encrypted
    assert rules.need(SE_ENDPOINT, cluster_id, SE_PROFILE, server=False) is encrypted
    await endpoints.detach(placed.side)
    assert rules.need(SE_ENDPOINT, cluster_id, SE_PROFILE, server=False) is (cluster_id != 0x0009)


@pytest.mark.parametrize("cluster_id", [0x0702, 0x0700, 0x070C, 0x000A])
async def test_what_smart_energy_encrypts_cannot_be_put_in_the_clear(
    endpoints: Endpoints, trust: Trust, changes: list[list[int]], cluster_id: int
) -> None:
    endpoints.place(lamp(profile_id=SE_PROFILE))
    changes.clear()

    with pytest.raises(RefusedError, match="always encrypts"):
        await endpoints.attach(generic(2, cluster_id, enable_APS_encryption=False))

    assert changes == []
    assert endpoints.clusters == []
    assert trust.encryption.need(2, cluster_id, SE_PROFILE, server=False)


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        (generic(7, 0x0402), "endpoint_id: the gateway has no endpoint 0x07"),
        (generic(SE_ENDPOINT, 0x0000, side=0), "cluster_id: endpoint 0x5E has a server of cluster"),
        (
            AddedCluster(cluster_class="Nobody", endpoint_id=SE_ENDPOINT),
            "cluster_class: there is no cluster class 'Nobody'",
        ),
        (
            AddedCluster(cluster_class="ZCL_Cluster", endpoint_id=SE_ENDPOINT),
            "cluster_id: is needed",
        ),
    ],
)
async def test_a_cluster_that_cannot_be_there_is_refused(
    endpoints: Endpoints, changes: list[list[int]], entry: AddedCluster, wrong: str
) -> None:
    with pytest.raises(ParameterError, match=wrong):
        await endpoints.attach(entry)

    assert changes == []


async def test_no_further_one_is_made_of_what_has_its_place(endpoints: Endpoints) -> None:
    with pytest.raises(RefusedError, match="PriceServer is where it belongs"):
        await endpoints.attach(AddedCluster(cluster_class="PriceServer", endpoint_id=SE_ENDPOINT))


async def test_mirrors_are_left_alone(endpoints: Endpoints, ours: LocalEndpoints) -> None:
    ours.add(Endpoint(0xC0, SE_PROFILE, 0x0501, ()))

    with pytest.raises(RefusedError, match="mirror"):
        await endpoints.attach(generic(0xC0, 0x0402))


async def test_a_cluster_may_appear_as_another_than_its_class_says(
    endpoints: Endpoints, ours: LocalEndpoints
) -> None:
    entry = AddedCluster(
        cluster_class="LampServer", endpoint_id=SE_ENDPOINT, cluster_id=8, server_or_client=1
    )

    placed = await endpoints.attach(entry)

    assert placed.side == (SE_ENDPOINT, 8, False)
    assert ours[SE_ENDPOINT].cluster(8, server=False) is not None


async def test_what_is_of_the_classes_of_a_module_goes_with_them(
    endpoints: Endpoints, ours: LocalEndpoints
) -> None:
    endpoints.place(lamp())
    await endpoints.attach(AddedCluster(cluster_class="LampServer", endpoint_id=SE_ENDPOINT))
    kept = await endpoints.attach(generic(SE_ENDPOINT, 0x0402))

    await endpoints.drop_classes_of("lamp")

    assert list(ours) == [SE_ENDPOINT]
    assert endpoints.clusters == [kept]
    assert ours[SE_ENDPOINT].cluster(6, server=True) is None


def test_it_is_known_whether_an_endpoint_has_a_cluster(endpoints: Endpoints) -> None:
    def wanted(name: str, **given: int) -> AddedCluster:
        return AddedCluster(cluster_class=name, endpoint_id=SE_ENDPOINT, **given)  # type: ignore[arg-type]

    assert endpoints.has(wanted("BasicServer"))
    assert endpoints.has(wanted("", cluster_id=0, server_or_client=0))
    assert not endpoints.has(wanted("", cluster_id=0, server_or_client=1))
    assert not endpoints.has(wanted(PriceServer.__name__))
    assert not endpoints.has(AddedCluster(cluster_class="BasicServer", endpoint_id=9))
