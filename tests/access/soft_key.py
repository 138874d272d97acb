"""A passkey in software, which also does what no honest device would: other origins, old counters, old challenges."""

import hashlib
import json
import os
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


class SoftKey:
    """One credential of one person at one relying party."""

    def __init__(self, origin="http://testserver", rp="testserver"):
        self.origin, self.rp = origin, rp
        self.key, self.id, self.counter = ec.generate_private_key(ec.SECP256R1()), os.urandom(16), 0
        self.user_handle = b""

    def create(self, options, **lies):
        """What `navigator.credentials.create` gives back, as the page's script writes it."""
        asked = options["publicKey"]
        self.user_handle = websafe_decode(asked["user"]["id"])
        said = self._said("webauthn.create", asked["challenge"], lies)
        key = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        held = bytes(16) + struct.pack(">H", len(self.id)) + self.id + key
        data = self._data(WITH_KEY, lies) + held
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(said, {"attestationObject": websafe_encode(attested)})

    def get(self, options, **lies):
        """The same for `navigator.credentials.get`."""
        said = self._said("webauthn.get", options["publicKey"]["challenge"], lies)
        data = self._data(0, lies)
        signed = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(said, {
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signed),
            "userHandle": websafe_encode(lies.get("user_handle", self.user_handle)),
        })  # fmt: skip

    def _said(self, kind, challenge, lies):
        said = {"type": kind, "challenge": lies.get("challenge", challenge),
                "origin": lies.get("origin", self.origin), "crossOrigin": False}  # fmt: skip
        return json.dumps(said).encode()

    def _data(self, flags, lies):
        self.counter = lies.get("counter", self.counter + 1)
        flags |= PRESENT | (0 if lies.get("unverified") else VERIFIED)
        rp = hashlib.sha256(lies.get("rp", self.rp).encode()).digest()
        return rp + struct.pack(">BI", flags, self.counter)

    def _answer(self, said, response):
        return json.dumps({
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "type": "public-key",
            "response": {"clientDataJSON": websafe_encode(said), **response},
            "clientExtensionResults": {"credProps": {"rk": True}},
        })  # fmt: skip
