"""What a configuration changes is lent as a whole, and taken back as a whole."""

from pathlib import Path

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ParameterError, RequestError
from sebridge.plugins.manifest import ClusterWanted, Configuration, EndpointWanted
from tests.plugins.gateway_side import TIMEOUT, Lending

WHOLE = Configuration(
    settings={TIMEOUT: 20},
    endpoints=(EndpointWanted(endpoint_id=7, endpoint_class="AnyEndpoint", profile_id=0x0104),),
    clusters=(ClusterWanted(endpoint_id=7, cluster_id=6, side="client"),),
    aliases={"HALL": "<a/>"},
)


@pytest.fixture
def lending(clock: VirtualClock, tmp_path: Path) -> Lending:
    return Lending(tmp_path)


async def test_all_of_a_configuration_is_lent_and_taken_back(lending: Lending) -> None:
    take_back = await lending.lender.lend(WHOLE, "the plug-in a")
    meanwhile = lending.present
    await take_back()

    assert meanwhile == (20, ["HALL"], [7])
    assert lending.present == (40, [], [])
    assert lending.kept == {}


@pytest.mark.parametrize(
    "wrong",
    [
        Configuration(aliases=WHOLE.aliases, settings={TIMEOUT: 0}),
        Configuration(aliases=WHOLE.aliases, clusters=WHOLE.clusters),
        Configuration(settings=WHOLE.settings, aliases={"A": "text"}),
    ],
)
async def test_what_cannot_be_leaves_nothing(lending: Lending, wrong: Configuration) -> None:
    with pytest.raises(RequestError):
        await lending.lender.lend(wrong, "the plug-in a")

    assert lending.present == (40, [], [])


async def test_an_alias_that_is_no_xml_is_named(lending: Lending) -> None:
    with pytest.raises(ParameterError, match=r"configuration\.aliases\.A: "):
        await lending.lender.lend(Configuration(aliases={"A": "<a>"}), "the plug-in a")
