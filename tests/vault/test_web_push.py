"""What is pushed: sealed as RFC 8291 shows it, signed so that a hub can check it."""

import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.browser_keys import CURVE, BrowserKeys, unb64
from tests.moment import NOW
from webapp.vault import web_push

# RFC 8291, Appendix A
PLAIN = b"When I grow up, I want to be a watermelon"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
RECEIVER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
SENDER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT, AUTH = "DGv6ra1nlYgDCS1FRnbzlw", "BTBZMqHH6r4Tts7J_aSIgg"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unb64(text)), CURVE)


def test_content_is_sealed_as_the_rfc_shows():
    sealed = web_push.encrypted(
        PLAIN, receiver=unb64(RECEIVER), auth=unb64(AUTH), sender=private(SENDER_PRIVATE), salt=unb64(SALT)
    )
    assert web_push.encoded(sealed) == SEALED


def test_the_browsers_side_of_the_tests_opens_what_the_rfc_shows():
    browser = BrowserKeys("", private(RECEIVER_PRIVATE), unb64(AUTH))
    assert browser.public == unb64(RECEIVER)
    assert browser.opened(unb64(SEALED)) == PLAIN


def test_each_push_has_a_key_and_a_salt_of_its_own():
    browser = BrowserKeys("")
    sealed = [web_push.encrypted(PLAIN, receiver=browser.public, auth=browser.auth) for _ in range(2)]
    assert sealed[0][:16] != sealed[1][:16]
    assert sealed[0][21:86] != sealed[1][21:86]
    assert [browser.opened(each) for each in sealed] == [PLAIN] * 2


def test_a_signature_is_one_of_ours_for_one_hub_and_for_half_a_day():
    key = web_push.key_of(b"k" * 32)
    header = web_push.authorization(
        key, "https://hub.example/push/abc?x=1", contact="https://lantai.example", now=NOW
    )
    token, _, public = header.removeprefix("vapid t=").partition(", k=")
    head, claims, signature = token.split(".")
    r, s = (int.from_bytes(part) for part in (unb64(signature)[:32], unb64(signature)[32:]))
    known = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unb64(public))
    known.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert json.loads(unb64(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(unb64(claims)) == {
        "aud": "https://hub.example",
        "exp": int(NOW.timestamp()) + 12 * 3600,
        "sub": "https://lantai.example",
    }


def test_the_signing_key_belongs_to_its_secret():
    public = [web_push.public_bytes(web_push.key_of(secret)) for secret in (b"a" * 32, b"a" * 32, b"b" * 32)]
    assert public[0] == public[1] != public[2]


@pytest.mark.parametrize("point", [b"", b"\x04" + b"\x01" * 64, unb64(RECEIVER)[:-1], b"\x02" + b"\x01" * 32])
def test_what_is_no_point_of_the_curve_is_no_key(point):
    assert not web_push.is_public_key(point)
    assert web_push.is_public_key(unb64(RECEIVER))
