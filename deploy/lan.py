"""Serve a venue's network without internet over HTTPS, with certificates made on this machine.

Browsers keep pages for offline use over https only, and no public authority certifies an address
inside a venue. So this machine becomes a small authority of its own: its certificate is installed
once on every tablet, and vouches for nothing outside private networks and this machine's names.

    make lan                                  # asks the machine for its addresses
    make lan ADDRESS=192.168.1.10             # or says which one the tablets use
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address, IPv4Network, ip_address
from pathlib import Path
from threading import Thread

import qrcode
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT = Path(__file__).parent.parent
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")
AUTHORITY_LASTS = timedelta(days=3650)
CERTIFICATE_LASTS = timedelta(days=365)  # tablets refuse much longer ones
RENEW_BEFORE = timedelta(days=60)
SKEW = timedelta(days=1)  # tablets whose clock is behind


@dataclass(frozen=True)
class Identity:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Prepared:
    """What the server and the tablets need, as files; the fingerprint is what people compare."""

    authority: Path
    certificate: Path
    key: Path
    fingerprint: str


def prepare(folder: Path, addresses: list[str], names: list[str], moment: datetime) -> Prepared:
    """The authority (made once) and a server certificate for these addresses and names."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _kept(folder / "ca")
    if authority is None or not _covers(authority, addresses, names, moment):
        authority = _authority(addresses, names, moment)
        _keep(folder / "ca", authority)
    server = _server(authority, addresses, names, moment)
    _keep(folder / "server", server)
    digest = authority.certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    return Prepared(folder / "ca.crt", folder / "server.crt", folder / "server.key", digest)


def _authority(addresses: list[str], names: list[str], moment: datetime) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    made = f"{moment:%Y-%m-%d}"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"EventSys {names[0]} {made}")])
    own = [IPv4Network(one) for one in addresses if not _is_private(one)]
    networks = [IPv4Network(one) for one in PRIVATE] + own
    permitted: list[x509.GeneralName] = [x509.IPAddress(one) for one in networks]
    permitted += [x509.DNSName(one) for one in names]
    builder = (
        _begun(subject, subject, key, moment, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(_usage(signs=True), critical=True)
    )
    return Identity(builder.sign(key, hashes.SHA256()), key)


def _server(
    authority: Identity, addresses: list[str], names: list[str], moment: datetime
) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    alternatives: list[x509.GeneralName] = [x509.DNSName(one) for one in names]
    alternatives += [x509.IPAddress(ip_address(one)) for one in addresses]
    own = authority.certificate.public_key()
    if not isinstance(own, ec.EllipticCurvePublicKey):
        raise TypeError("the authority's key is not of our making")
    builder = (
        _begun(subject, authority.certificate.subject, key, moment, CERTIFICATE_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(own), critical=False)
        .add_extension(_usage(signs=False), critical=True)
    )
    return Identity(builder.sign(authority.key, hashes.SHA256()), key)


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    moment: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - SKEW)
        .not_valid_after(moment + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _is_private(address: str) -> bool:
    return any(IPv4Address(address) in IPv4Network(one) for one in PRIVATE)


def _covers(authority: Identity, addresses: list[str], names: list[str], moment: datetime) -> bool:
    """Whether the authority may vouch for all of them, and for long enough."""
    found = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = found.value.permitted_subtrees or []
    networks = [one.value for one in permitted if isinstance(one, x509.IPAddress)]
    known = {one.value for one in permitted if isinstance(one, x509.DNSName)}
    reached = all(
        any(isinstance(net, IPv4Network) and IPv4Address(one) in net for net in networks)
        for one in addresses
    )
    lasts = authority.certificate.not_valid_after_utc - moment > CERTIFICATE_LASTS + RENEW_BEFORE
    return reached and set(names) <= known and lasts


def _keep(path: Path, identity: Identity) -> None:
    """Both files; the key is readable by its owner only from the first byte on."""
    pem = serialization.Encoding.PEM
    key = identity.key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    hidden = path.with_suffix(".key")
    hidden.unlink(missing_ok=True)
    with os.fdopen(os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
    path.with_suffix(".crt").write_bytes(identity.certificate.public_bytes(pem))


def _kept(path: Path) -> Identity | None:
    if not path.with_suffix(".key").exists() or not path.with_suffix(".crt").exists():
        return None
    key = serialization.load_pem_private_key(path.with_suffix(".key").read_bytes(), None)
    certificate = x509.load_pem_x509_certificate(path.with_suffix(".crt").read_bytes())
    return Identity(certificate, key) if isinstance(key, ec.EllipticCurvePrivateKey) else None


# ---- this machine


def own_addresses() -> list[str]:
    """The addresses under which others reach this machine, the likeliest first."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 9))  # nothing is sent: only the route is asked for
            found.append(probe.getsockname()[0])
        except OSError:
            pass
    try:
        resolved = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        resolved = []
    found += [str(one[4][0]) for one in resolved]
    away = [one for one in dict.fromkeys(found) if not one.startswith("127.")]
    return [*away, "127.0.0.1"]


def own_names() -> list[str]:
    """The names of this machine in a local network."""
    name = socket.gethostname().split(".")[0].lower() or "eventsys"
    return [f"{name}.local", name, "localhost"]


class Handing(BaseHTTPRequestHandler):
    """Hands out the authority's certificate, and nothing else, to tablets over plain http."""

    file: Path

    def do_GET(self) -> None:
        """The certificate, whatever is asked for."""
        body = self.file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-x509-ca-cert")
        self.send_header("Content-Disposition", 'attachment; filename="eventsys-ca.crt"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


def serve(prepared: Prepared, url: str, port: int, address: str, ca_port: int) -> int:
    """Web and worker over https, and the authority's certificate beside them, until stopped."""
    handing = type("OwnHanding", (Handing,), {"file": prepared.authority})
    tablets = ThreadingHTTPServer((address, ca_port), handing)
    Thread(target=tablets.serve_forever, daemon=True).start()
    env = os.environ | {"EVENTSYS_URL": url, "EVENTSYS_WORKER": "beside", "PORT": str(port)}
    tls = ["--certfile", str(prepared.certificate), "--keyfile", str(prepared.key)]
    config = ["--config", str(ROOT / "deploy" / "gunicorn.conf.py"), "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", *config, *tls, "wsgi:create_app()"]
    server = subprocess.Popen(command, cwd=ROOT, env=env | {"HOST": "0.0.0.0"})  # noqa: S104, S603  the venue's tablets are to reach it; fixed command
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()
        tablets.shutdown()


def announce(prepared: Prepared, url: str, ca_url: str) -> None:
    """What the person at the machine reads, and the code that tablets scan."""
    code = qrcode.QRCode(border=2)
    code.add_data(ca_url)
    code.print_ascii(invert=True)
    lines = (
        f"1. 每台平板扫码或打开 {ca_url} ，安装证书并设为信任。",
        "   On every tablet: scan the code or open this address; install and trust it.",
        f"2. 核对指纹 / compare the fingerprint (SHA-256):\n   {prepared.fingerprint}",
        f"3. 打开 / open: {url}",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Prepare, announce, serve."""
    parser = argparse.ArgumentParser(description="Serve a venue's network over HTTPS.")
    parser.add_argument("--address", default=os.environ.get("ADDRESS", ""))
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--ca-port", type=int, default=8080)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the web process ends with this one
    instance = Path(os.environ.get("EVENTSYS_INSTANCE") or ROOT / "instance").resolve()
    found = own_addresses()
    address = given.address or found[0]
    addresses = list(dict.fromkeys([address, *found]))
    prepared = prepare(instance / "lan", addresses, own_names(), datetime.now(UTC))
    url, ca_url = f"https://{address}:{given.port}", f"http://{address}:{given.ca_port}/ca.crt"
    announce(prepared, url, ca_url)
    return serve(prepared, url, given.port, address, given.ca_port)


if __name__ == "__main__":
    raise SystemExit(main())
