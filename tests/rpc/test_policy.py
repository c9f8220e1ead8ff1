"""Who may call what, and what a refusal says."""

import pytest

from sebridge.base.errors import RefusedError
from sebridge.rpc.message import OURSELVES, Caller, Scope
from sebridge.rpc.policy import InterfacePolicy, Policy

READER = Caller("http", Scope.READ)
OPERATOR = Caller("http", Scope.COMMAND)
OWNER = Caller("http", Scope.ADMIN)


@pytest.mark.parametrize(
    ("caller", "needed"),
    [
        (READER, Scope.READ),
        (OPERATOR, Scope.READ),
        (OPERATOR, Scope.COMMAND),
        (OWNER, Scope.ADMIN),
        (OURSELVES, Scope.ADMIN),
    ],
)
def test_a_scope_includes_the_smaller_ones(caller: Caller, needed: Scope) -> None:
    Policy().check("any_method", needed, caller)


@pytest.mark.parametrize(
    ("caller", "needed"),
    [(READER, Scope.COMMAND), (READER, Scope.ADMIN), (OPERATOR, Scope.ADMIN)],
)
def test_a_refusal_names_the_scope_that_is_missing(caller: Caller, needed: Scope) -> None:
    with pytest.raises(RefusedError) as caught:
        Policy().check("exit", needed, caller)

    assert str(caught.value) == (
        f"exit needs the scope {needed.name.lower()};"
        f" this caller at the interface http has {caller.scope.name.lower()}"
    )


def test_an_interface_lets_no_more_through_than_its_own_scope() -> None:
    policy = Policy(interfaces={"http": InterfacePolicy(scope=Scope.COMMAND)})

    policy.check("identify", Scope.COMMAND, OWNER)
    with pytest.raises(RefusedError, match="needs the scope admin"):
        policy.check("exit", Scope.ADMIN, OWNER)


def test_an_allowed_method_needs_only_the_scope_of_commands() -> None:
    policy = Policy(
        interfaces={
            "http": InterfacePolicy(scope=Scope.COMMAND, allow=frozenset({"remove_device"}))
        }
    )

    policy.check("remove_device", Scope.ADMIN, OPERATOR)
    with pytest.raises(RefusedError, match="needs the scope command"):
        policy.check("remove_device", Scope.ADMIN, READER)
    with pytest.raises(RefusedError):
        policy.check("exit", Scope.ADMIN, OPERATOR)


def test_allowing_a_method_makes_none_dearer() -> None:
    policy = Policy(interfaces={"http": InterfacePolicy(allow=frozenset({"get_time"}))})

    policy.check("get_time", Scope.READ, READER)


def test_a_denied_method_is_denied_to_everybody_at_that_interface() -> None:
    policy = Policy(interfaces={"http": InterfacePolicy(deny=frozenset({"add_device"}))})

    with pytest.raises(RefusedError, match="add_device is denied at the interface http"):
        policy.check("add_device", Scope.COMMAND, OWNER)
    policy.check("add_device", Scope.COMMAND, Caller("mqtt", Scope.COMMAND))


def test_a_read_only_gateway_takes_only_questions() -> None:
    policy = Policy(read_only=True)

    policy.check("get_time", Scope.READ, READER)
    with pytest.raises(RefusedError, match="identify changes something"):
        policy.check("identify", Scope.COMMAND, OWNER)
