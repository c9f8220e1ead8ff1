"""Remote devices for the simulated air: the engine, and the words by which features take part."""
