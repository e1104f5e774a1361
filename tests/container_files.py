"""Small Word, OpenDocument, PDF, Excel and zip files for tests, made in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

import docx
import openpyxl

Run = tuple[str, bool]
ODT_MIMETYPE = "application/vnd.oasis.opendocument.text"
_ODT_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0">'
    '<office:automatic-styles><style:style style:name="T1" style:family="text">'
    '<style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles>'
)


def zip_bytes(members: Mapping[str, bytes | str]) -> bytes:
    """A zip with these members, in this order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in members.items():
            archive.writestr(path, content)
    return packed.getvalue()


def docx_bytes(
    *blocks: str | Sequence[Run] | Sequence[Sequence[str]], styles: Mapping[int, str] | None = None
) -> bytes:
    """A Word file: a string is a paragraph, runs are (text, is_bold), lists of cells are a table."""
    document = docx.Document()
    for number, block in enumerate(blocks):
        if not isinstance(block, str) and block and isinstance(block[0], list):
            table = document.add_table(rows=len(block), cols=len(block[0]))
            for row, cells in zip(table.rows, block, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
            continue
        paragraph = document.add_paragraph(style=(styles or {}).get(number))
        for text, is_bold in [(block, False)] if isinstance(block, str) else block:
            run = paragraph.add_run(text)  # python-docx makes line breaks of "\n"
            run.bold = is_bold or None
    return _saved(document)


def xlsx_bytes(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook with these sheets."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return _saved(workbook)


def odt_bytes(body: str, *, more: Mapping[str, str] | None = None, prolog: str = "") -> bytes:
    """An OpenDocument text; `body` is XML with text: and table: elements, style T1 is bold."""
    content = f"{_ODT_HEAD}<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    if prolog:
        content = content.replace("?>", f"?>{prolog}", 1)
    return zip_bytes({"mimetype": ODT_MIMETYPE, "content.xml": content, **(more or {})})


def pdf_bytes(*pages: Sequence[tuple[float, float, str]], is_encrypted: bool = False) -> bytes:
    """A PDF whose pages (595 x 842 points) hold lines (x, y, text) in 10 point Helvetica; y counts from the foot."""
    n_pages = len(pages)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(n_pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {n_pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for i, lines in enumerate(pages):
        drawn = "\n".join(f"BT /F1 10 Tf {x} {y} Td ({_pdf_string(text)}) Tj ET" for x, y, text in lines)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * i} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    if is_encrypted:
        hashed = "<" + "41" * 32 + ">"
        objects.append(f"<< /Filter /Standard /V 1 /R 2 /O {hashed} /U {hashed} /P -4 >>")
    written = "%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(written.encode("latin-1")))
        written += f"{number} 0 obj\n{body}\nendobj\n"
    table = len(written.encode("latin-1"))
    entries = "".join(f"{at:010d} 00000 n \n" for at in offsets)
    written += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{entries}"
    lock = f"/Encrypt {len(objects)} 0 R /ID [<41> <41>] " if is_encrypted else ""
    written += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {lock}>>\nstartxref\n{table}\n%%EOF\n"
    return written.encode("latin-1")


def pdf_page(*lines: str, top: float = 800, pitch: float = 14) -> list[tuple[float, float, str]]:
    """Lines below each other at the left margin; an empty line leaves a gap."""
    return [(72.0, top - pitch * i, line) for i, line in enumerate(lines) if line]


def _pdf_string(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _saved(document: object) -> bytes:
    packed = io.BytesIO()
    document.save(packed)  # type: ignore[attr-defined]
    return packed.getvalue()
