"""Cryptography of Smart Energy: certificates, key agreement, installation codes."""

from typing import Final

from sebridge.base.lazy_imports import import_lazily

CRYPTOGRAPHY: Final = (
    "cryptography.hazmat.bindings._rust",
    "cryptography.hazmat.bindings._rust:exceptions",
    "cryptography.hazmat.bindings._rust:exceptions._Reasons",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.ciphers.aead:AESCCM",
    "cryptography.hazmat.primitives.ciphers.aead:AESGCM",
    "cryptography.hazmat.primitives.ciphers.base",
    "cryptography.hazmat.primitives.ciphers.base:AEADCipherContext",
    "cryptography.hazmat.primitives.ciphers.base:AEADDecryptionContext",
    "cryptography.hazmat.primitives.ciphers.base:AEADEncryptionContext",
    "cryptography.hazmat.primitives.ciphers.base:Cipher",
    "cryptography.hazmat.primitives.ciphers.base:CipherContext",
)
"""What of cryptography is native, or stands on that: 7 MiB, wanted when keys are made. All above
it, classes of exceptions for one, is what it always is."""

import_lazily(*CRYPTOGRAPHY)
