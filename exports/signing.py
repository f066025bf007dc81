"""Signing a PDF with a key from a file or a token, and what the signatures of a PDF say."""

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fontpkg
import pkcs11
import pypdf
from asn1crypto import pem, x509
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator import ValidationContext

from exports.pdf_pages import runs

WIDTH, HEIGHT = 190, 52  # points of a visible field
# Their logs would print tracebacks beside the sentences, and could name what they were given.
for _name in ("pyhanko", "pyhanko_certvalidator", "fontTools"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class CannotSign(Exception):
    """Nothing was signed; code is the sentence's id, the rest fills it."""

    def __init__(self, code: str, **said: object):
        self.code, self.said = code, said
        super().__init__(f"{code}: {said}")


@dataclass(frozen=True)
class Signature:
    """One signature of a PDF.

    signer: the certificate's name; at: the time it states (is_timed: an authority's); is_whole: made over the bytes it
    claims, unchanged, and valid; covers_all: nothing was added to the file after it but what a later signature may
    add; is_current: the certificate was in force then; is_trusted: its chain ends at a given root, None without roots.
    """

    signer: str
    issuer: str
    at: datetime | None
    is_timed: bool
    is_whole: bool
    covers_all: bool
    is_current: bool
    is_trusted: bool | None
    revision: bytes


def file_signer(key: Path, password: str) -> Signer:
    """The key and certificate of a PKCS#12 file. CannotSign where it is none, or the password another."""
    try:
        content = key.read_bytes()
    except OSError as fault:
        raise CannotSign("no_key_file", why=fault.strerror) from fault
    try:
        signer = SimpleSigner.load_pkcs12_data(content, set(), passphrase=password.encode())
    except (ValueError, TypeError, SigningError) as fault:
        raise CannotSign("wrong_password_or_file") from fault
    return signer


@contextmanager
def token_signer(library: Path, label: str, pin: str) -> Iterator[Signer]:
    """The first key with a certificate on a PKCS#11 token. CannotSign where library, token, PIN or key fail."""
    if not library.is_file():
        raise CannotSign("no_library")
    try:
        session = open_pkcs11_session(str(library), token_criteria=TokenCriteria(label=label), user_pin=pin)
    except (pkcs11.exceptions.PKCS11Error, RuntimeError, PdfError) as fault:
        raise CannotSign("no_token", label=label) from fault
    with session:
        found = list(session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}))
        ids = [one[pkcs11.Attribute.ID] for one in found]
        keys = {one[pkcs11.Attribute.ID] for one in
                session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY})}  # fmt: skip
        usable = next((id for id in ids if id in keys), None)
        if usable is None:
            raise CannotSign("no_key_on_token", label=label)
        yield PKCS11Signer(session, cert_id=usable, key_id=usable)


def signed(
    pdf: bytes, signer: Signer, *, reason: str = "", stamp: str = "", under: Sequence[str] = (),
    at: datetime | None = None,
) -> bytes:  # fmt: skip
    """The PDF with a PAdES signature added behind it; what stood in it stays byte for byte.

    stamp: words of a visible field, %(signer)s filled in, under the last of the words `under` that stands in
    the PDF; "" signs invisibly, and so does a PDF without these words. CannotSign where the certificate is not in
    force, or the file is no PDF or closed to changes.
    """
    now = at or datetime.now(UTC)
    certificate = signer.signing_cert
    if certificate is None:
        raise CannotSign("no_certificate")
    if not _in_force(certificate, now):
        raise CannotSign("expired", until=certificate.not_valid_after)
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        names = {one.field_name for one in writer.prev.embedded_signatures}
        name = next(f"ChuKy{n}" for n in range(1, len(names) + 2) if f"ChuKy{n}" not in names)
        about = PdfSignatureMetadata(name, reason=reason or None, subfilter=SigSeedSubFilter.PADES)
        page, box = _room(pdf, under, len(names)) if stamp else (-1, None)
        field = SigFieldSpec(name, on_page=page, box=box)
        style = _stamp(stamp) if box else None
        out = PdfSigner(about, signer, stamp_style=style, new_field_spec=field).sign_pdf(writer)
    except (PdfError, SigningError, ValueError) as fault:
        raise CannotSign("cannot_sign", why=str(fault)) from fault
    return bytes(out.getbuffer())


def _room(pdf: bytes, under: Sequence[str], before: int) -> tuple[int, tuple[int, int, int, int] | None]:
    """Page and rectangle below the words; a further signature goes below the fields that stand there."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    for number in reversed(range(len(pages))):
        drawn = runs(pages[number])
        for words in under:
            if places := [run.box for run in drawn if run.words == words]:
                left, foot, right, _ = places[-1]
                middle, top = int((left + right) / 2), int(foot) - 8 - before * (HEIGHT + 4)
                return number, (middle - WIDTH // 2, top - HEIGHT, middle + WIDTH // 2, top)
    return -1, None


def _stamp(words: str) -> TextStampStyle:
    font = GlyphAccumulatorFactory(str(fontpkg.path("Be Vietnam Pro")))  # 1000 units to the em
    return TextStampStyle(
        stamp_text=words, text_box_style=TextBoxStyle(font=font, font_size=9), border_width=1,
        border_color=(0.65, 0.1, 0.1),
    )  # fmt: skip


def _in_force(certificate: x509.Certificate, at: datetime) -> bool:
    return bool(certificate.not_valid_before <= at <= certificate.not_valid_after)


# ---- reading signatures --------------------------------------------------------------------------------------------


def signatures(pdf: bytes, roots: Sequence[x509.Certificate] = ()) -> list[Signature]:
    """Every signature of the file in the order they were made; trusted only against the given roots, nothing fetched.

    ValueError where it is no PDF that can be read.
    """
    try:
        found = list(PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures)
        return [_read(one, pdf, roots, found[-1].field_name) for one in found]
    except (PdfError, SignatureValidationError, OSError) as fault:
        raise ValueError(str(fault)) from fault


def certificates(content: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM or DER file; ValueError where it holds none."""
    try:
        if not pem.detect(content):
            return [_whole(content)]
        return [_whole(der) for _, _, der in pem.unarmor(content, multiple=True)]
    except (ValueError, TypeError) as fault:
        raise ValueError("no certificate") from fault


def _whole(der: bytes) -> x509.Certificate:
    certificate = x509.Certificate.load(der)
    certificate.native  # noqa: B018  # read to the end: a torn one fails here
    return certificate


def _read(one: Any, pdf: bytes, roots: Sequence[x509.Certificate], last: str) -> Signature:
    context = ValidationContext(trust_roots=list(roots), allow_fetching=False)
    status = validate_pdf_signature(one, signer_validation_context=context, ts_validation_context=context)
    at = status.timestamp_validity.timestamp if status.timestamp_validity else status.signer_reported_dt
    is_last = one.field_name == last
    covers = status.coverage == SignatureCoverageLevel.ENTIRE_FILE or (
        not is_last and status.coverage == SignatureCoverageLevel.ENTIRE_REVISION
        and status.modification_level is not None and status.modification_level <= ModificationLevel.FORM_FILLING
    )  # fmt: skip
    return Signature(
        signer=_called(status.signing_cert.subject), issuer=_called(status.signing_cert.issuer), at=at,
        is_timed=status.timestamp_validity is not None, is_whole=status.intact and status.valid, covers_all=covers,
        is_current=at is None or _in_force(status.signing_cert, at),
        is_trusted=status.trusted if roots else None, revision=_signed_part(one, pdf),
    )  # fmt: skip


def _signed_part(one: Any, pdf: bytes) -> bytes:
    """The file as it stood when it was signed."""
    start, length = list(one.byte_range)[-2:]
    return pdf[: start + length]


def _called(name: x509.Name) -> str:
    said = name.native
    return str(said.get("common_name") or name.human_friendly)
