"""Silicon Labs sticks: EmberZNet over EZSP, through bellows."""
