"""What is true: the domain of eventsys. Knows no HTTP and no clock process."""
