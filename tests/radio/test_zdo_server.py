"""What a device answers about itself, octet by octet."""

from hypothesis import given, strategies as st
import pytest

from sebridge.radio.zdo_server import Binding, ZdoServer, node_descriptor
from sebridge.zcl.zdo import (
    LogicalType,
    MacCapability,
    Neighbor,
    Route,
    SimpleDescriptor,
    decode,
)
from tests.radio.simulated_air import (
    HA_ENDPOINT,
    METER_ENDPOINT,
    METERING,
    PRICE,
    SE_ENDPOINT,
    eui64,
)

US = eui64(0x0102030405060708)
OURS = "0807060504030201"
ANOTHER = eui64(0x1112131415161718)
ANOTHERS = "1817161514131211"


def server(
    bindings: dict[Binding, bool] | None = None,
    logical_type: LogicalType = LogicalType.COORDINATOR,
) -> ZdoServer:
    node = node_descriptor(logical_type, manufacturer_code=0x101E)
    table = {} if bindings is None else bindings
    return ZdoServer(US, [SE_ENDPOINT, HA_ENDPOINT], node, table, nwk=0x1234)


def ask(question: int, frame: str, *, broadcast: bool = False) -> str | None:
    answer = server().answer(question, bytes.fromhex(frame), broadcast=broadcast)
    if answer is None:
        return None
    assert answer.cluster_id == question | 0x8000
    return answer.data.hex()


def octets(text: str) -> str:
    return text.replace(" ", "")


ANSWERS = [
    pytest.param(0x0000, f"07 {OURS} 00 00", f"07 00 {OURS} 3412", id="our address"),
    pytest.param(0x0000, f"07 {OURS} 01 00", f"07 00 {OURS} 3412 00", id="and no children"),
    pytest.param(0x0000, f"07 {OURS} 02 00", f"07 80 {OURS} 3412", id="a kind that is none"),
    pytest.param(0x0000, f"07 {ANOTHERS} 00 00", f"07 81 {ANOTHERS} ffff", id="another's"),
    pytest.param(0x0001, "07 3412 00 00", f"07 00 {OURS} 3412", id="our EUI-64"),
    pytest.param(0x0001, "07 7856 00 00", f"07 81 {OURS} 7856", id="another's EUI-64"),
    pytest.param(
        0x0002, "07 3412", "07 00 3412 00 40 8e 1e10 52 ff00 0000 ff00 00", id="node descriptor"
    ),
    pytest.param(0x0002, "07 7856", "07 81 7856", id="node descriptor of another"),
    pytest.param(0x0003, "07 3412", "07 00 3412 10 c1", id="power descriptor"),
    pytest.param(0x0003, "07 7856", "07 81 7856", id="power descriptor of another"),
    pytest.param(0x0005, "07 3412", "07 00 3412 02 5e 01", id="active endpoints"),
    pytest.param(0x0005, "07 7856", "07 81 7856 00", id="active endpoints of another"),
    pytest.param(
        0x0004,
        "07 3412 5e",
        "07 00 3412 0e 5e 0901 0005 00 02 0000 0007 01 0207",
        id="simple descriptor",
    ),
    pytest.param(0x0004, "07 3412 02", "07 83 3412 00", id="an endpoint that is not there"),
    pytest.param(0x0004, "07 3412 00", "07 82 3412 00", id="endpoint 0"),
    pytest.param(0x0004, "07 3412 f1", "07 82 3412 00", id="endpoint 241"),
    pytest.param(0x0004, "07 7856 5e", "07 81 7856 00", id="simple descriptor of another"),
    pytest.param(0x0034, f"07 {OURS} 00", "07 84", id="a coordinator does not leave"),
    pytest.param(0x0038, "07 00f8ff07 05 01", "07 84", id="what we do not serve"),
    pytest.param(0x7FFF, "07", "07 84", id="what nobody serves"),
]


@pytest.mark.parametrize(("question", "frame", "answer"), ANSWERS)
def test_a_question_gets_its_answer(question: int, frame: str, answer: str) -> None:
    assert ask(question, frame) == octets(answer)


MATCHES = [
    pytest.param("3412 0901 01 0007 00", "01 5e", id="our Price server"),
    pytest.param("3412 0901 00 01 0207", "01 5e", id="our Metering client"),
    pytest.param("3412 0901 01 0207 00", "00", id="no Metering server"),
    pytest.param("3412 0901 02 0207 0007 00", "01 5e", id="one of several is enough"),
    pytest.param("3412 0901 01 0207 01 0207", "01 5e", id="either side is enough"),
    pytest.param("3412 0401 01 0007 00", "00", id="Price in another profile"),
    pytest.param("3412 0401 01 0000 00", "01 01", id="Basic in the other profile"),
    pytest.param("3412 ffff 01 0000 00", "02 5e 01", id="any profile"),
    pytest.param("3412 0901 00 00", "01 5e", id="content with the profile"),
    pytest.param("fdff 0901 01 0007 00", "01 5e", id="asked of all who listen"),
    pytest.param("ffff 0901 01 0007 00", "01 5e", id="asked of all"),
]


@pytest.mark.parametrize(("criterion", "endpoints"), MATCHES)
def test_endpoints_match_by_profile_and_either_side(criterion: str, endpoints: str) -> None:
    answer = ask(0x0006, "07" + criterion)

    assert answer == octets("07 00 3412" + endpoints)


def test_a_broadcast_match_is_answered_like_any_other() -> None:
    assert ask(0x0006, "07 fdff 0901 01 0007 00", broadcast=True) == "070034120" + "15e"


QUIET = [
    pytest.param(0x0006, "07 fdff 0901 01 0207 00", id="no match"),
    pytest.param(0x0006, "07 7856 0901 01 0007 00", id="a match for another"),
    pytest.param(0x0000, f"07 {ANOTHERS} 00 00", id="another's address"),
    pytest.param(0x0001, "07 7856 00 00", id="another's EUI-64"),
    pytest.param(0x0002, "07 7856", id="another's descriptor"),
    pytest.param(0x0021, f"07 {OURS} 5e 0207 03 {ANOTHERS} 0a", id="bind everybody"),
    pytest.param(0x0022, f"07 {OURS} 5e 0207 03 {ANOTHERS} 0a", id="unbind everybody"),
    pytest.param(0x0034, "07 0000000000000000 00", id="leave, everybody"),
    pytest.param(0x0036, "07 3c 00", id="what we do not serve"),
    pytest.param(0x0006, "07 fdff", id="garbage"),
    pytest.param(0x0013, f"07 7856 {ANOTHERS} 8e", id="an announcement"),
    pytest.param(0x001F, "07 00", id="a parent's announcement"),
    pytest.param(0x8005, "07 00 7856 00", id="an answer"),
    pytest.param(0x0005, "", id="nothing"),
]


@pytest.mark.parametrize(("question", "frame"), QUIET)
def test_some_broadcasts_are_met_with_silence(question: int, frame: str) -> None:
    assert ask(question, frame, broadcast=True) is None


GARBAGE = [
    pytest.param(0x0000, f"80 {OURS} 3412", id="address"),
    pytest.param(0x0002, "80 3412", id="descriptor"),
    pytest.param(0x0006, "80 3412 00", id="match"),
    pytest.param(0x0021, "80", id="bind"),
]


@pytest.mark.parametrize(("question", "answer"), GARBAGE)
def test_a_question_that_ends_too_early_is_refused_and_counted(question: int, answer: str) -> None:
    zdo = server()

    refused = zdo.answer(question, b"\x07\x12", broadcast=False)

    assert refused is not None
    assert refused.data.hex() == octets("07" + answer)
    assert refused.status == 0x80
    assert zdo.malformed == 1


@given(st.integers(0, 0xFFFF), st.binary(max_size=120), st.data())
def test_random_octets_never_raise_and_answers_echo_the_sequence(
    question: int, frame: bytes, data: st.DataObject
) -> None:
    answer = server().answer(question, frame, broadcast=data.draw(st.booleans()))

    if answer is not None:
        assert answer.data[0] == frame[0]
        assert answer.cluster_id == question | 0x8000


@given(st.sampled_from(range(7)), st.binary(max_size=40))
def test_random_octets_after_a_served_question_never_raise(question: int, frame: bytes) -> None:
    answer = server().answer(question, b"\x07" + frame, broadcast=False)

    assert answer is not None
    assert answer.data[0] == 7


# ------------------------------------------------------------------ bindings


def bind_frame(source: str = OURS, endpoint: int = 0x5E, cluster: int = METERING) -> bytes:
    head = f"07 {source} {endpoint:02x} {cluster.to_bytes(2, 'little').hex()}"
    return bytes.fromhex(f"{head} 03 {ANOTHERS} 0a")


def test_a_binding_is_made_once_and_taken_back_once() -> None:
    bindings: dict[Binding, bool] = {}
    zdo = server(bindings)

    statuses = [
        zdo.answer(question, bind_frame(), broadcast=False)
        for question in (0x0021, 0x0021, 0x0022, 0x0022)
    ]

    assert [answer and answer.data.hex() for answer in statuses] == ["0700", "0700", "0700", "0788"]
    assert not bindings


def test_a_binding_says_where_to() -> None:
    bindings: dict[Binding, bool] = {}

    server(bindings).answer(0x0021, bind_frame(), broadcast=False)

    assert list(bindings) == [Binding(0x5E, METERING, ANOTHER, 0x0A)]


def test_a_binding_to_a_group_is_kept() -> None:
    bindings: dict[Binding, bool] = {}
    frame = bytes.fromhex(f"07 {OURS} 5e 0007 01 3713")

    answer = server(bindings).answer(0x0021, frame, broadcast=False)

    assert answer is not None
    assert answer.status == 0
    assert list(bindings) == [Binding(0x5E, PRICE, group=0x1337)]


REFUSED = [
    pytest.param(bind_frame(source=ANOTHERS), "84", id="of another device"),
    pytest.param(bind_frame(endpoint=0x02), "82", id="of an endpoint that is not there"),
    pytest.param(bind_frame(cluster=0x0006), "84", id="of a cluster that is not there"),
    pytest.param(bytes.fromhex(f"07 {OURS} 5e 0207 02 3713"), "80", id="of no kind"),
]


@pytest.mark.parametrize(("frame", "status"), REFUSED)
def test_a_binding_that_cannot_be_is_refused(frame: bytes, status: str) -> None:
    bindings: dict[Binding, bool] = {}

    answer = server(bindings).answer(0x0021, frame, broadcast=False)

    assert answer is not None
    assert answer.data.hex() == "07" + status
    assert not bindings


def test_the_binding_table_has_an_end() -> None:
    bindings = {Binding(0x5E, METERING, eui64(n), 1): True for n in range(64)}

    answer = server(bindings).answer(0x0021, bind_frame(), broadcast=False)

    assert answer is not None
    assert answer.status == 0x8C
    assert len(bindings) == 64


# ------------------------------------------------------------------ other kinds of device


@pytest.mark.parametrize(("whom", "status"), [(OURS, 0), ("00" * 8, 0), (ANOTHERS, 0x84)])
def test_a_device_agrees_to_leave_when_it_is_meant(whom: str, status: int) -> None:
    device = server(logical_type=LogicalType.ROUTER)

    answer = device.answer(0x0034, bytes.fromhex(f"07 {whom} 00"), broadcast=False)

    assert answer is not None
    assert answer.status == status


def test_an_end_device_speaks_for_nobody_else() -> None:
    device = server(logical_type=LogicalType.END_DEVICE)

    answer = device.answer(0x0002, bytes.fromhex("07 7856"), broadcast=False)

    assert answer is not None
    assert answer.data.hex() == "07807856"


def test_endpoints_come_and_go_and_take_their_bindings_with_them() -> None:
    on_ha = Binding(0x01, METERING, ANOTHER, 9)
    on_se = Binding(0x5E, METERING, ANOTHER, 9)
    bindings = dict.fromkeys((on_ha, on_se), True)
    ours = server(bindings)

    ours.offer([SE_ENDPOINT, METER_ENDPOINT])

    active = ours.answer(0x0005, bytes.fromhex("07 3412"), broadcast=False)
    gone = ours.answer(0x0004, bytes.fromhex("07 3412 01"), broadcast=False)
    assert active is not None
    assert active.data.hex() == octets("07 00 3412 02 5e 0a")
    assert gone is not None
    assert gone.status == 0x83
    assert bindings == {on_se: True}


def test_a_sleepy_device_says_so() -> None:
    node = node_descriptor(LogicalType.END_DEVICE, is_sleepy=True)

    assert node.mac_capability_flags == MacCapability.ALLOCATE_ADDRESS


def test_an_endpoint_above_those_of_applications_is_told_of_if_it_is_there() -> None:
    green_power = SimpleDescriptor(endpoint=0xF2, profile_id=0xA1E0, device_id=0x0064)
    node = node_descriptor(LogicalType.COORDINATOR)
    serving = ZdoServer(US, [green_power], node, {}, nwk=0x1234)

    answer = serving.answer(0x0004, bytes.fromhex("07 3412 f2"), broadcast=False)

    assert answer is not None
    assert answer.data[:2] == b"\x07\x00"


class Around:
    """Five neighbours and one route."""

    def neighbors(self) -> list[Neighbor]:
        return [
            Neighbor(extended_pan_id=US, device=US, nwk=nwk, logical_type=1) for nwk in range(5)
        ]

    def routes(self) -> list[Route]:
        return [Route(destination=0, next_hop=1)]


@pytest.mark.parametrize(("start", "told"), [(0, [0, 1, 2]), (3, [3, 4]), (5, []), (255, [])])
def test_a_router_tells_of_its_neighbors_some_at_a_time(start: int, told: list[int]) -> None:
    asked = ZdoServer(US, (), node_descriptor(), {}, 0x1234, Around())

    answer = asked.answer(0x0031, bytes((7, start)), broadcast=False)

    assert answer is not None
    _, fields = decode(answer.cluster_id, answer.data)
    assert [fields["Status"], fields["NeighborTableEntries"], fields["StartIndex"]] == [0, 5, start]
    assert [one.nwk for one in fields["NeighborTableList"]] == told


def test_who_has_no_table_to_tell_refuses() -> None:
    sleepy = ZdoServer(US, (), node_descriptor(LogicalType.END_DEVICE), {}, 0x1234, Around())
    router = ZdoServer(US, (), node_descriptor(), {}, 0x1234, Around())

    assert sleepy.answer(0x0032, b"\x07\0", broadcast=False) == (0x8032, b"\x07\x84\0\0\0")
    assert router.answer(0x0032, b"\x07\0", broadcast=False) == (
        0x8032,
        bytes.fromhex("07 00 01 00 01 0000 00 0100"),
    )
    assert router.answer(0x0032, b"\x07\0", broadcast=True) is None
    assert server().answer(0x0031, b"\x07\0", broadcast=False) == (0x8031, b"\x07\x84")
