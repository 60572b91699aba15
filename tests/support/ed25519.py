# SPDX-License-Identifier: GPL-2.0-or-later
"""Ed25519 with a MeshCore private key: 64 bytes, the scalar and the nonce prefix, without a seed. libsodium does
it, the arithmetic of RFC 8032, 5.1.6."""
import ctypes
import hashlib

_sodium = ctypes.CDLL("libsodium.so.23")


def _call(name, size, *arguments):
    result = ctypes.create_string_buffer(size)
    getattr(_sodium, name)(result, *arguments)
    return result.raw


def _to_scalar(*parts):
    return _call("crypto_core_ed25519_scalar_reduce", 32, hashlib.sha512(b"".join(parts)).digest())


def public_key(private):
    return _call("crypto_scalarmult_ed25519_base_noclamp", 32, private[:32])


def sign(private, text):
    scalar, prefix = private[:32], private[32:]
    nonce = _to_scalar(prefix, text)
    point = _call("crypto_scalarmult_ed25519_base_noclamp", 32, nonce)
    challenge = _to_scalar(point, public_key(private), text)
    product = _call("crypto_core_ed25519_scalar_mul", 32, challenge, scalar)
    return point + _call("crypto_core_ed25519_scalar_add", 32, product, nonce)
