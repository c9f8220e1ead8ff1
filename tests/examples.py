"""How many examples Hypothesis tries: two profiles, and what a single test may say about them."""

from hypothesis import HealthCheck, settings

PROFILES = {"quick": 100, "thorough": 1000}
"""Each profile with its number of examples."""

_IGNORED = [HealthCheck.too_slow]


def register_profiles() -> None:
    """Make the profiles known; `quick` is in force unless pytest is told another.

    Nothing in them measures time, since that depends on what else the machine does. Chance is
    never fixed, also not where an environment variable tells Hypothesis that it runs unattended:
    each run tries something new, and a failure prints how to see it again.
    """
    for name, number in PROFILES.items():
        settings.register_profile(
            name,
            max_examples=number,
            deadline=None,
            derandomize=False,
            print_blob=True,
            suppress_health_check=_IGNORED,
        )
    settings.load_profile("quick")


def fewer_examples(divisor: int) -> settings:
    """Return settings with a part of the profile's examples.

    For a test that is run for each of many parameters, or whose examples are much work.
    """
    return settings(max_examples=max(1, settings().max_examples // divisor))


def one_fixture_for_all_examples() -> settings:
    """Return settings for a test whose examples may share what its fixtures made."""
    return settings(suppress_health_check=[*_IGNORED, HealthCheck.function_scoped_fixture])
