"""The clusters by id: those of the list of features, whether one goes through it or not."""

from msgspec.structs import replace
import pytest

from sebridge.app.clusters import CLUSTERS
from sebridge.app.features import FEATURES, clusters_of
from sebridge.settings.options import PREPAYMENT, TUNNELING


def test_what_is_decoded_without_the_features_is_what_they_declare() -> None:
    assert clusters_of(FEATURES) == CLUSTERS


def test_the_clusters_that_are_optional_are_named_as_their_features() -> None:
    assert {PREPAYMENT, TUNNELING} <= {feature.name for feature in FEATURES}


def test_two_features_cannot_declare_the_same_cluster() -> None:
    price = next(feature for feature in FEATURES if feature.name == "price")

    with pytest.raises(ValueError, match="two clusters have the id 0x0700"):
        clusters_of((*FEATURES, replace(price, name="another")))
