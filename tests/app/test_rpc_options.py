"""The section `rpc` of the configuration, as the parts have it."""

from pathlib import Path

import pytest

from sebridge.app.rpc_options import limits_of, policy_of, responses_are_kept, target_of
from sebridge.base.errors import ConfigError
from sebridge.rpc.message import Scope
from sebridge.settings.http_options import HttpOptions
from sebridge.settings.options import Options
from sebridge.settings.plugin_options import PluginsOptions
from sebridge.settings.rpc_options import (
    InterfaceOptions,
    PolicyOptions,
    PushOptions,
    RpcOptions,
    XmlOptions,
)
from sebridge.transports.push.targets import DirectoryTarget
from sebridge.transports.push.web_server import WebServerTarget


def test_the_configuration_becomes_the_policy() -> None:
    options = PolicyOptions(
        read_only=True,
        mqtt=InterfaceOptions(scope="read", allow=("remove_device",), deny=("add_device",)),
    )

    policy = policy_of(options, PluginsOptions(most_scope="read"))

    assert policy.read_only
    assert policy.interfaces["mqtt"].scope == Scope.READ
    assert policy.interfaces["mqtt"].allow == {"remove_device"}
    assert policy.interfaces["mqtt"].deny == {"add_device"}
    assert policy.interfaces["http"].scope == Scope.ADMIN
    assert policy.interfaces["plugin"].scope == Scope.READ
    assert {"install_package", "stop_plugin"} <= policy.interfaces["plugin"].deny


def test_the_limits_of_documents_are_those_of_the_configuration() -> None:
    limits = limits_of(XmlOptions(max_size=5000, max_depth=9, max_elements=77))

    assert (limits.size, limits.depth, limits.elements) == (5000, 9, 77)


def test_responses_are_kept_where_they_are_pushed_or_fetched_by_http() -> None:
    pushing = PushOptions(directory=Path("pushed"))

    assert not responses_are_kept(Options())
    assert responses_are_kept(Options(http=HttpOptions()))
    assert responses_are_kept(Options(rpc=RpcOptions(push=pushing)))


def test_files_go_to_a_directory_or_to_a_server() -> None:
    assert isinstance(target_of(PushOptions(directory=Path("pushed"))), DirectoryTarget)
    assert isinstance(target_of(PushOptions(url="http://localhost/files")), WebServerTarget)


def test_authorities_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.pem"

    with pytest.raises(ConfigError, match=r"rpc\.push\.ca: .*nothing\.pem: No such file"):
        target_of(PushOptions(url="https://localhost/files", ca=nothing))
