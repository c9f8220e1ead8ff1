"""What ties the parts of OpenADR together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.openadr.build import build
from sebridge.features.openadr.entities import OpenAdrEntities
from sebridge.features.openadr.methods import OpenAdrMethods
from sebridge.features.openadr.notifications import NOTIFICATIONS
from sebridge.features.openadr.topics import OpenAdrTopics

FEATURE: Final = Feature(
    name="openadr",
    build=build,
    topics=OpenAdrTopics,
    entities=OpenAdrEntities,
    method_groups=(OpenAdrMethods,),
    notifications=NOTIFICATIONS,
)
