"""The RPC methods, one file per chapter of the RPC reference."""
