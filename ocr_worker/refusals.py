"""Why a file is not taken in (拒收原因): one word between child and parent, one sentence for the person."""

from enum import StrEnum

from webapp.domain.errors import Invalid

FRAMES_PER_FILE = 200
PIXELS_PER_FRAME = 40_000_000  # A3 at 300 dpi is 17.4 million, A2 34.8 million
PIXELS_PER_FILE = 2_000_000_000


class Refusal(StrEnum):
    """What is wrong with the file. The sentence says what happened, then what to do."""

    MISMATCH = "mismatch"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    PIXELS = "pixels"
    TOTAL = "total"
    FRAMES = "frames"
    ENCRYPTED = "encrypted"
    DEPTH = "depth"
    UNSAFE = "unsafe"

    @property
    def error(self) -> Invalid:
        """The error to raise, in the reader's words."""
        return Invalid(_SENTENCES[self])


class NotTaken(Exception):
    """Raised inside the decoder child; its only word reaches the parent."""

    def __init__(self, refusal: Refusal):
        super().__init__(refusal.value)
        self.refusal = refusal


_SENTENCES = {
    Refusal.MISMATCH: "文件内容与声明的类型不符。请确认选对了文件，并按真实格式保存后再上传。",
    Refusal.TRUNCATED: "文件不完整，后面的部分缺失，为避免只存下半页，没有接收。请重新扫描或重新传输。",
    Refusal.DAMAGED: "文件已损坏，无法还原页面。请重新扫描后再上传。",
    Refusal.PIXELS: f"页面过大，超过 {PIXELS_PER_FRAME // 10_000:,} 万像素。请按 300 dpi、不大于 A2 幅面重新扫描。",
    Refusal.TOTAL: f"文件总像素超过 {PIXELS_PER_FILE // 100_000_000} 亿。请分成几个文件上传。",
    Refusal.FRAMES: f"文件超过 {FRAMES_PER_FILE} 页。请分成几个文件上传。",
    Refusal.ENCRYPTED: "PDF 设有密码或加密。请去掉加密后再上传。",
    Refusal.DEPTH: "图像的像素格式不适合文档。请保存为 24 位彩色或 8 位灰度后再上传。",
    Refusal.UNSAFE: "无法安全打开此文件，已停止处理。请重新扫描后再上传；仍不行时请联系档案管理员。",
}
