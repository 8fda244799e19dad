"""What a file claims to be and what its first bytes say (文件类型): known without opening it."""

from webapp.domain.errors import Invalid

HEAD_BYTES = 16  # enough to tell the kinds apart
ACCEPTED = {
    "image/jpeg": ("JPEG 图片", (".jpg", ".jpeg")),
    "image/png": ("PNG 图片", (".png",)),
    "image/tiff": ("TIFF 图片", (".tif", ".tiff")),
    "application/pdf": ("PDF 文件", (".pdf",)),
}
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"%PDF-", "application/pdf"),
)


def sniff(head: bytes) -> str | None:
    """The media type that the first HEAD_BYTES bytes tell, or None for a kind that is not accepted."""
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)


def checked(file_name: str, head: bytes) -> str:
    """The media type of a file whose name and first bytes agree. Raises Invalid, saying what to do."""
    if not head:
        raise Invalid("文件是空的，请重新扫描或拍照后再上传")
    found = sniff(head)
    if found is None:
        raise Invalid("只接收 JPEG、PNG、TIFF 图片和 PDF 文件。请在扫描仪或手机上换成这几种格式")
    label, endings = ACCEPTED[found]
    ending = file_name[file_name.rfind(".") :].lower() if "." in file_name else ""
    if ending and ending not in endings:
        raise Invalid(f"文件名以“{ending}”结尾，内容却是{label}。请用原来的软件重新导出后再上传")
    return found
