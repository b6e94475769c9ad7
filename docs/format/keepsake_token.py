#!/usr/bin/env python3
"""Opens and seals Keepsake's tokens: a second implementation, written from docs/format/README.md.

Needs the `cryptography` package. As a command it reads one JSON object a line on standard input,
{"secret": hex, "purpose", "name", "audience", "token"}, and answers one a line: the fields, or {"error": why}.
With "seal" instead of "token" (an object of the fields, and "nonce": hex) it answers {"token": …}.
With "cookie" beside "token", the token is the text of the row that the cookie leads to, and "text" the record in it.
"""

import base64
import hashlib
import hmac
import json
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import cmac, hashes
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LABEL = b"keepsake/v1"
VERSION = b"\x01"


def context(purpose: str, name: str, audience: str) -> bytes:
    parts = [part.encode() for part in (purpose, name, audience)]
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def derive(secret: bytes, use: bytes, ctx: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=LABEL, info=use + ctx).derive(secret)


def message_key(key: bytes, prefix: bytes) -> bytes:
    """XAES-256-GCM's derivation: two CMAC blocks, label X (c2sp.org/XAES-256-GCM)."""
    halves = []
    for counter in (1, 2):
        mac = cmac.CMAC(algorithms.AES(key))
        mac.update(bytes([0, counter, 0x58, 0]) + prefix)
        halves.append(mac.finalize())
    return b"".join(halves)


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def seal(secret: bytes, ctx: bytes, fields: dict, nonce: bytes, row_key: str = "") -> str:
    head = VERSION + derive(secret, b"kid", ctx, 8)
    plain = (
        bytes([1 if fields["permanent"] else 0])
        + b"".join(fields[time].to_bytes(5, "big") for time in ("created", "issued", "expires"))
        + bytes.fromhex(fields["sid"])
        + fields["text"].encode()
    )
    key = message_key(derive(secret, b"key", ctx, 32), nonce[:12])
    sealed = AESGCM(key).encrypt(nonce[12:], plain, head + ctx + row_key.encode())
    return encode(head + nonce + sealed)


def open_token(secret: bytes, ctx: bytes, token: str, row_key: str = "") -> dict:
    data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    if encode(data) != token or len(data) < 81:
        raise ValueError("malformed")
    head, nonce, sealed = data[:9], data[9:33], data[33:]
    if head != VERSION + derive(secret, b"kid", ctx, 8):
        raise ValueError("unknown_key")
    key = message_key(derive(secret, b"key", ctx, 32), nonce[:12])
    try:
        plain = AESGCM(key).decrypt(nonce[12:], sealed, head + ctx + row_key.encode())
    except InvalidTag:
        raise ValueError("forged") from None
    times = {
        name: int.from_bytes(plain[at : at + 5], "big")
        for name, at in (("created", 1), ("issued", 6), ("expires", 11))
    }
    if plain[0] > 1 or times["created"] > times["issued"]:
        raise ValueError("corrupt")
    return {**times, "permanent": plain[0] == 1, "sid": plain[16:32].hex(), "text": plain[32:].decode()}


def row_key_of(cookie: bytes, ctx: bytes) -> str:
    return hashlib.sha256(b"keepsake/v1/locator" + ctx + cookie[:16]).digest()[:16].hex()


def proof_of(cookie: bytes, ctx: bytes) -> str:
    return encode(hashlib.sha256(b"keepsake/v1/verifier" + ctx + cookie[16:]).digest()[:16])


def open_row(secret: bytes, ctx: bytes, value: str, token: str) -> dict:
    cookie = base64.urlsafe_b64decode(value)
    if len(cookie) != 48:
        raise ValueError("malformed")
    row_key = row_key_of(cookie, ctx)
    fields = open_token(secret, ctx, token, row_key)
    head, _, text = fields["text"].partition("\n")
    proof, (_, superseded, order) = proof_of(cookie, ctx), (head.split(".") + ["", ""])[:3]
    if not hmac.compare_digest(proof, head[:22]):
        before = [superseded[at : at + 22] for at in range(0, len(superseded), 52)]
        raise ValueError("superseded" if proof in before else "ended")
    return {**fields, "text": text, "rowKey": row_key, "order": order}


def answer(line: str) -> dict:
    request = json.loads(line)
    secret = bytes.fromhex(request["secret"])
    ctx = context(request["purpose"], request["name"], request["audience"])
    row_key = request.get("rowKey", "")
    try:
        if "seal" in request:
            return {"token": seal(secret, ctx, request["seal"], bytes.fromhex(request["seal"]["nonce"]), row_key)}
        if "cookie" in request:
            return open_row(secret, ctx, request["cookie"], request["token"])
        return open_token(secret, ctx, request["token"], row_key)
    except ValueError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(line)), flush=True)
