"""HTTPS in a venue without internet: certificates of our own, accepted and confined."""

import os
import socket
import ssl
import stat
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from deploy.lan import own_addresses, own_names, prepare
from wsgi import ROOT

NAMES = ["saichang.local", "saichang", "localhost"]
START_LIMIT = 30.0


def shake_hands(prepared, host):
    """A TLS handshake in memory; whom the client believes to have reached, or why it does not."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(prepared.certificate, prepared.key)
    asking = ssl.create_default_context(cafile=prepared.authority)
    pipes = [ssl.MemoryBIO() for _ in range(2)]
    client = asking.wrap_bio(pipes[0], pipes[1], server_hostname=host)
    server = serving.wrap_bio(pipes[1], pipes[0], server_side=True)
    for side in (client, server) * 3:
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError as refusal:
            return refusal.verify_message
    return client.version()


@pytest.fixture
def prepared(tmp_path):
    return prepare(tmp_path / "lan", ["192.168.1.10", "127.0.0.1"], NAMES, datetime.now(UTC))


@pytest.mark.parametrize("host", ["192.168.1.10", "saichang.local", "localhost", "127.0.0.1"])
def test_a_tablet_that_trusts_the_authority_accepts_the_server(prepared, host):
    assert shake_hands(prepared, host) == "TLSv1.3"


def test_another_machine_is_not_believed(prepared):
    assert "IP address mismatch" in shake_hands(prepared, "192.168.1.11")
    assert "Hostname mismatch" in shake_hands(prepared, "example.cn")


def test_the_authority_cannot_vouch_for_the_rest_of_the_world(tmp_path, prepared, monkeypatch):
    monkeypatch.setattr("deploy.lan._covers", lambda *_args: True)  # sign what it should not

    outside = prepare(tmp_path / "lan", ["127.0.0.1"], ["bank.example.cn"], datetime.now(UTC))

    assert "permitted subtree violation" in shake_hands(outside, "bank.example.cn")


def test_tablets_keep_their_authority_when_the_server_is_started_again(tmp_path, prepared):
    before = prepared.authority.read_bytes()
    old = prepared.certificate.read_bytes()

    again = prepare(
        tmp_path / "lan", ["192.168.7.7"], NAMES, datetime.now(UTC) + timedelta(days=300)
    )

    assert (again.authority.read_bytes(), again.fingerprint) == (before, prepared.fingerprint)
    assert again.certificate.read_bytes() != old


def test_a_public_address_of_the_campus_needs_an_authority_that_covers_it(tmp_path, prepared):
    now = datetime.now(UTC)

    other = prepare(tmp_path / "lan", ["202.112.0.36"], NAMES, now)

    assert other.fingerprint != prepared.fingerprint
    assert shake_hands(other, "202.112.0.36") == "TLSv1.3"


def test_the_keys_are_readable_by_their_owner_only(prepared):
    for key in (prepared.key, prepared.authority.with_suffix(".key")):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_certificate_lasts_no_longer_than_tablets_accept(prepared):
    made = x509.load_pem_x509_certificate(prepared.certificate.read_bytes())

    assert made.not_valid_after_utc - made.not_valid_before_utc <= timedelta(days=397)


def test_this_machine_knows_addresses_and_names_of_its_own():
    assert own_addresses()[-1] == "127.0.0.1"
    assert own_names()[-1] == "localhost"


def test_one_command_serves_https_and_hands_out_its_authority(tmp_path):
    port, ca_port = free_port(), free_port()
    env = os.environ | {"EVENTSYS_INSTANCE": str(tmp_path), "PYTHONWARNINGS": "default"}
    command = [sys.executable, "deploy/lan.py", "--address", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen([*command, "--ca-port", str(ca_port)], cwd=ROOT, env=env) as server:
        try:
            wait_for(port)
            handed = urllib.request.urlopen(f"http://127.0.0.1:{ca_port}/ca.crt").read()
            trusting = ssl.create_default_context(cadata=handed.decode())
            answer = urllib.request.urlopen(f"https://127.0.0.1:{port}/healthz", context=trusting)
            assert (answer.status, answer.read().strip()) == (200, b'{"status":"ok"}')
        finally:
            server.terminate()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    until = time.monotonic() + START_LIMIT
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server did not start")
